//! The console blocks of the documentation are run as they stand.

#[test]
fn documentation_is_executed() {
    let cases = trycmd::TestCases::new();
    cases.env("SOURCE_DATE_EPOCH", "1767225600").env("NO_COLOR", "1");
    cases.case("README.md").case("docs/guide/*.md");
    cases.run();
}
