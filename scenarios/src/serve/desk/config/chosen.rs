//! Settings that are chosen when the server is started.

use redelivery_engine::Bytes;

use super::known;

/// A setting, and what it shall be from the start.
#[derive(Clone, Debug)]
pub struct Chosen {
    pub(super) name: &'static str,
    pub(super) value: Bytes,
}

impl Chosen {
    /// A setting by its name, and a value as CONFIG SET takes it; `enable-debug-command` can be chosen only here.
    ///
    /// # Errors
    /// With what is wrong: there is no such setting, it cannot be chosen, or not so.
    pub fn new(name: &str, value: &str) -> Result<Self, String> {
        let setting = known::find(name.as_bytes()).ok_or_else(|| format!("there is no setting {name:?}"))?;
        let value = setting.value_at_start(&value.into(), setting.default.as_bytes());
        value
            .map(|value| Self {
                name: setting.name,
                value,
            })
            .map_err(|why| format!("{name}: {why}"))
    }
}
