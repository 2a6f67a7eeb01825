//! Statements: one way to write each, and everything else refused.

use super::*;

pub(in crate::gate) fn statement() -> Statement {
    let subjects = [
        Subject { name: "case.json".into(), sha256: "a".repeat(64) },
        Subject { name: "index.md".into(), sha256: "b".repeat(64) },
    ];
    let predicate = Predicate {
        project: "acme/auth".into(),
        case: "HPX-1".into(),
        phase: Phase::Analysis,
        decision: Decision::Approve,
        reviewer: Reviewer { principal: "alice@example.com".into(), claimed: None },
        priority: Some("P2".into()),
        threshold: 1,
        conditions: Vec::new(),
        comment: None,
        signed_at: "2026-11-20T12:00:00Z".into(),
        prior: Vec::new(),
        upstream: None,
        canonicalization: CANONICALIZATION.into(),
        lint_sha256: None,
        policy: None,
        tool: None,
        reason: None,
        incident: None,
        expires_at: None,
    };
    Statement::new(&subjects, predicate)
}

fn refused(bytes: &[u8]) -> &'static str {
    Statement::parse(bytes).unwrap_err().code()
}

fn changed(from: &str, to: &str) -> Vec<u8> {
    let text = String::from_utf8(statement().to_bytes().unwrap()).unwrap();
    assert!(text.contains(from), "{text}");
    text.replace(from, to).into_bytes()
}

#[test]
fn the_bytes_are_pinned_and_read_back_to_the_same_statement() {
    let bytes = statement().to_bytes().unwrap();
    let expected = format!(
        concat!(
            r#"{{"_type":"https://in-toto.io/Statement/v1","predicate":{{"canonicalization":"casefile-md-v1","case":"HPX-1","#,
            r#""decision":"approve","phase":"analysis","prior":[],"priority":"P2","project":"acme/auth","#,
            r#""reviewer":{{"principal":"alice@example.com"}},"signed_at":"2026-11-20T12:00:00Z","threshold":1}},"#,
            r#""predicateType":"urn:casefile:predicate:approval:v1","#,
            r#""subject":[{{"digest":{{"sha256":"{}"}},"name":"case.json"}},{{"digest":{{"sha256":"{}"}},"name":"index.md"}}]}}"#,
            "\n"
        ),
        "a".repeat(64),
        "b".repeat(64)
    );
    assert_eq!(String::from_utf8(bytes.clone()).unwrap(), expected);
    assert_eq!(Statement::parse(&bytes).unwrap(), statement());
    assert_eq!(statement_file(&bytes), format!("{}.json", &statement_digest(&bytes)[..12]));
}

#[test]
fn what_can_be_read_in_two_ways_is_refused() {
    assert_eq!(
        refused(&changed("\"case\":\"HPX-1\"", "\"case\":\"HPX-1\",\"case\":\"HPX-1\"")),
        "statement-not-canonical"
    );
    assert_eq!(refused(&changed("\"threshold\":1", "\"threshold\": 1")), "statement-not-canonical");
    assert_eq!(refused(&changed("\"threshold\":1", "\"threshold\":1.0")), "statement-not-canonical");
    assert_eq!(refused(&changed("}\n", "}")), "statement-not-canonical");
    assert_eq!(refused(&changed("}\n", "}\r\n")), "statement-not-canonical");
    assert_eq!(refused(b"\xef\xbb\xbf{}\n"), "statement-unreadable");
}

#[test]
fn unknown_keys_words_and_types_are_refused() {
    assert_eq!(refused(&changed("\"threshold\":1", "\"threshold\":1,\"unless\":true")), "statement-unreadable");
    assert_eq!(refused(&changed("\"approve\"", "\"approved\"")), "statement-unreadable");
    assert_eq!(refused(&changed("Statement/v1", "Statement/v2")), "statement-value");
    assert_eq!(refused(&changed("casefile-md-v1", "casefile-md-v2")), "statement-value");
    assert_eq!(refused(&changed("\"threshold\":1", "\"threshold\":-1")), "statement-unreadable");
}

#[test]
fn values_have_one_form() {
    assert_eq!(refused(&changed("12:00:00Z", "12:00:00+00:00")), "statement-value");
    assert_eq!(refused(&changed("2026-11-20T", "2026-13-20T")), "statement-value");
    assert_eq!(refused(&changed(&"a".repeat(64), &"A".repeat(64))), "statement-value");
    assert_eq!(refused(&changed("index.md", "a.md")), "statement-value");
    assert_eq!(refused(&changed("acme/auth", "acme/aute\u{301}")), "statement-value");
    assert_eq!(refused(&changed("acme/auth", &"x".repeat(TEXT_BYTES + 1))), "statement-value");
}

#[test]
fn a_statement_on_nothing_is_refused() {
    let mut empty = statement();
    empty.subject.clear();
    assert_eq!(empty.to_bytes().unwrap_err().code(), "statement-without-subject");
}

#[test]
fn an_emergency_opening_says_why_and_until_when_and_nothing_else_does() {
    let mut emergency = statement();
    emergency.predicate.decision = Decision::BreakGlass;
    assert_eq!(emergency.to_bytes().unwrap_err().code(), "statement-value");
    emergency.predicate.reason = Some("payments are down".into());
    emergency.predicate.expires_at = Some("2026-11-20T13:00:00Z".into());
    assert_eq!(Statement::parse(&emergency.to_bytes().unwrap()).unwrap(), emergency);
    emergency.predicate.decision = Decision::Approve;
    assert_eq!(emergency.to_bytes().unwrap_err().code(), "statement-value");
}

#[test]
fn times_are_seconds_in_utc() {
    assert_eq!(seconds("1970-01-02T00:00:00Z"), Some(86_400));
    assert_eq!(written(86_400), "1970-01-02T00:00:00Z");
    assert_eq!(seconds("1970-1-2T00:00:00Z"), None);
}
