//! Which shard this is, as the scheduler that started it says in its environment.
//!
//! | scheduler | part | parts |
//! |---|---|---|
//! | GitLab, `parallel` | `CI_NODE_INDEX`, from 1 | `CI_NODE_TOTAL` |
//! | Kubernetes, Indexed Job | `JOB_COMPLETION_INDEX`, from 0 | `REDELIVERY_SHARDS`, which the recipe sets: Kubernetes has none |
//! | Slurm, job array | `SLURM_ARRAY_TASK_ID` from `_MIN` in steps of `_STEP` | `SLURM_ARRAY_TASK_COUNT` |
//!
//! Sources: <https://docs.gitlab.com/ci/variables/predefined_variables/>,
//! <https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode>,
//! <https://slurm.schedmd.com/job_array.html>.

use super::Shard;

const GITLAB: &str = "CI_NODE_INDEX";
const KUBERNETES: &str = "JOB_COMPLETION_INDEX";
const SLURM: &str = "SLURM_ARRAY_TASK_ID";

type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;
type Read = fn(Environment<'_>) -> Result<Shard, String>;

/// The shard, and what was understood.
///
/// # Errors
/// When no scheduler or more than one speaks, or what it says cannot be: with what was expected.
pub fn auto(environment: Environment<'_>) -> Result<(Shard, String), String> {
    let there = |name: &&str| environment(name).is_some();
    let speaking: Vec<&str> = [GITLAB, KUBERNETES, SLURM].into_iter().filter(there).collect();
    let (scheduler, read): (&str, Read) = match speaking[..] {
        [GITLAB] => ("GitLab", gitlab),
        [KUBERNETES] => ("Kubernetes", kubernetes),
        [SLURM] => ("Slurm", slurm),
        _ => {
            let found = match speaking[..] {
                [] => "none is set".into(),
                _ => format!("{} are set", speaking.join(" and ")),
            };
            return Err(format!(
                "`--shard auto` expects one of {GITLAB} (GitLab), {KUBERNETES} (Kubernetes) and {SLURM} (Slurm): {found}"
            ));
        }
    };
    let shard = read(environment)?;
    Ok((shard, format!("shard {shard}, as {scheduler} says")))
}

fn gitlab(environment: Environment<'_>) -> Result<Shard, String> {
    Shard::new(number(environment, GITLAB)?, number(environment, "CI_NODE_TOTAL")?)
}

fn kubernetes(environment: Environment<'_>) -> Result<Shard, String> {
    let index = number(environment, KUBERNETES)?;
    Shard::new(index.saturating_add(1), number(environment, "REDELIVERY_SHARDS")?)
}

fn slurm(environment: Environment<'_>) -> Result<Shard, String> {
    let task = number(environment, SLURM)?;
    let first = number(environment, "SLURM_ARRAY_TASK_MIN")?;
    let count = number(environment, "SLURM_ARRAY_TASK_COUNT")?;
    // Older versions do not set the step, where it is 1.
    let step = match environment("SLURM_ARRAY_TASK_STEP") {
        Some(_) => number(environment, "SLURM_ARRAY_TASK_STEP")?,
        None => 1,
    };
    let steps = task
        .checked_sub(first)
        .filter(|beyond| step > 0 && beyond.is_multiple_of(step))
        .map(|beyond| beyond / step);
    let index = steps.filter(|index| *index < count).ok_or_else(|| {
        format!(
            "{SLURM}={task} is none of {count} tasks from {first} in steps of {step}: the array must have equal steps"
        )
    })?;
    Shard::new(index + 1, count)
}

fn number(environment: Environment<'_>, name: &str) -> Result<u64, String> {
    let text = environment(name).ok_or_else(|| format!("`--shard auto` expects {name} to be set as well"))?;
    text.parse()
        .map_err(|_| format!("`--shard auto` expects {name} to be a whole number, not `{text}`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(variables: &[(&str, &str)]) -> Result<String, String> {
        let value = |name: &str| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, it)| (*it).to_owned())
        };
        auto(&value).map(|(_, understood)| understood)
    }

    #[test]
    fn each_scheduler_is_understood() {
        let gitlab = [("CI_NODE_INDEX", "2"), ("CI_NODE_TOTAL", "3")];
        assert_eq!(read(&gitlab).unwrap(), "shard 2/3, as GitLab says");
        let kubernetes = [
            ("JOB_COMPLETION_INDEX", "0"),
            ("REDELIVERY_SHARDS", "4"),
            ("CI_NODE_TOTAL", "1"),
        ];
        assert_eq!(read(&kubernetes).unwrap(), "shard 1/4, as Kubernetes says");
        let slurm = |id, step| {
            let (min, count) = ("SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_COUNT");
            read(&[(SLURM, id), (min, "10"), (count, "3"), ("SLURM_ARRAY_TASK_STEP", step)])
        };
        assert_eq!(slurm("14", "2").unwrap(), "shard 3/3, as Slurm says");
        assert_eq!(slurm("10", "1").unwrap(), "shard 1/3, as Slurm says");
        assert!(slurm("13", "2").unwrap_err().contains("equal steps"));
        assert!(slurm("16", "2").unwrap_err().contains("none of 3 tasks"));
        assert!(slurm("9", "1").unwrap_err().contains("none of 3 tasks"));
        assert!(slurm("10", "0").unwrap_err().contains("steps of 0"));
    }

    #[test]
    fn what_was_expected_is_named() {
        assert!(read(&[]).unwrap_err().ends_with("(Slurm): none is set"));
        let two = read(&[("CI_NODE_INDEX", "1"), ("SLURM_ARRAY_TASK_ID", "1")]).unwrap_err();
        assert!(two.ends_with("CI_NODE_INDEX and SLURM_ARRAY_TASK_ID are set"), "{two}");
        let alone = read(&[("JOB_COMPLETION_INDEX", "1")]).unwrap_err();
        assert!(alone.contains("expects REDELIVERY_SHARDS"), "{alone}");
        let word = read(&[("CI_NODE_INDEX", "one"), ("CI_NODE_TOTAL", "3")]).unwrap_err();
        assert!(word.contains("CI_NODE_INDEX to be a whole number, not `one`"), "{word}");
        assert!(read(&[("CI_NODE_INDEX", "4"), ("CI_NODE_TOTAL", "3")]).is_err());
    }
}
