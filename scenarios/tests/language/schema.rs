//! The committed schema is the one of the code.

#[test]
fn the_committed_schema_is_current() {
    super::assert_committed(
        &super::here("scenario.schema.json"),
        &redelivery_scenarios::language::schema(),
    );
}
