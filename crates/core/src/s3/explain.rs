//! Explains in words what an existing bucket policy enforces.
//!
//! A rule counts as enforced only when one statement denies it to everybody, for all objects and
//! without a further condition. Anything that may be weaker is said to hold in part.

mod condition;
mod reach;

use condition::{Company, Condition, conditions};
use reach::Reach;

use crate::error::{Error, Result};
use crate::json::Json;
use alloc::{format, string::String, vec::Vec};

/// What is looked for, by its name in [`Finding::rule`], and what is then denied.
const RULES: [(&str, &str); 7] = [
    ("tls-only", "requests over plain HTTP"),
    ("minimum-tls", "TLS below version 1.2"),
    ("require-kms", "uploads without SSE-KMS"),
    ("kms-key", "uploads under other KMS keys"),
    ("require-customer-key", "uploads without a customer key (SSE-C)"),
    ("forbid-customer-key", "uploads with a customer key (SSE-C)"),
    ("create-only", "uploads that replace an object"),
];

/// Bytes of a bucket policy that S3 takes; white space between its values is not counted here.
pub const MAX_POLICY_LENGTH: usize = 20 * 1024;
/// Deeper than any policy goes.
pub const MAX_POLICY_DEPTH: usize = 16;

const CANNOT_SEE: &str = "No policy sees whether what is uploaded is sealed (encrypted before it \
    was sent): no condition key is about user metadata or the body. A server that signs uploads \
    can admit only headers of sealed objects (checkUploadHeaders, postPolicy); whether a body is \
    sealed shows only when it is inspected. Nor does a policy tell what another policy, or the \
    bucket's settings, allow or deny.";

/// One rule that a statement is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// `tls-only`, `minimum-tls`, `require-kms`, `kms-key`, `require-customer-key`,
    /// `forbid-customer-key` or `create-only`.
    pub rule: &'static str,
    /// The statement's `Sid`, where it has one.
    pub sid: Option<String>,
    /// The finding in words.
    pub text: String,
}

/// The effects of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// Rules that hold for everybody and all objects.
    pub enforces: Vec<Finding>,
    /// Rules that hold for some, with the reason why not for all.
    pub partly: Vec<Finding>,
    /// Rules of which nothing was found.
    pub not_enforced: Vec<Finding>,
    /// Things that no policy can see.
    pub cannot_see: &'static str,
}

/// Explains a policy document.
///
/// # Errors
/// [`Error::Policy`] for a document that is not a policy, or is longer than [`MAX_POLICY_LENGTH`].
pub fn explain_policy(policy: &Json) -> Result<Explanation> {
    if !policy.fits(MAX_POLICY_LENGTH, MAX_POLICY_DEPTH) {
        return Err(no_policy("it is longer than the 20 KB that S3 takes, or nested too deeply"));
    }
    let statements = policy.get("Statement").ok_or_else(|| no_policy("it has no Statement"))?;
    let mut found = Explanation {
        enforces: Vec::new(),
        partly: Vec::new(),
        not_enforced: Vec::new(),
        cannot_see: CANNOT_SEE,
    };
    for statement in statements.one_or_more() {
        explain_statement(statement, &mut found)?;
    }
    for (rule, denied) in RULES {
        let mut known = found.enforces.iter().chain(&found.partly);
        if !known.any(|finding| finding.rule == rule) {
            // What is not recognised may still be denied.
            let text = format!("No statement was recognised that denies {denied}.");
            found.not_enforced.push(Finding { rule, sid: None, text });
        }
    }
    Ok(found)
}

/// Reads JSON.
///
/// # Errors
/// [`Error::Policy`] for text that is not JSON, and as [`explain_policy`].
#[cfg(feature = "json")]
pub fn explain_policy_text(text: &str) -> Result<Explanation> {
    explain_policy(&Json::parse(text).ok_or_else(|| no_policy("it is not JSON"))?)
}

fn no_policy(why: &str) -> Error {
    Error::Policy(format!("this is not a policy document: {why}"))
}

fn explain_statement(statement: &Json, found: &mut Explanation) -> Result<()> {
    if !matches!(statement, Json::Object(_)) {
        return Err(no_policy("a statement must be an object"));
    }
    match statement.get("Effect").and_then(Json::as_text) {
        Some("Deny") => {}
        // Whatever it allows, it enforces nothing: another policy may allow more.
        Some("Allow") => return Ok(()),
        _ => return Err(no_policy("a statement's Effect is neither Deny nor Allow")),
    }
    let conditions = conditions(statement)?;
    let reach = Reach::of(statement);
    let sid = || statement.get("Sid").and_then(Json::as_text).map(String::from);
    if conditions.is_empty() {
        deny_all(&reach, &sid, found);
        return Ok(());
    }
    let company = Company::of(&conditions);
    let before = found.enforces.len() + found.partly.len();
    for condition in &conditions {
        let Some((rule, text)) = condition.rule(company.named_only > 0) else { continue };
        let narrowed = company.narrows(rule).then_some("under further conditions");
        match reach.weakness(rule).or(narrowed) {
            None => found.enforces.push(Finding { rule, sid: sid(), text }),
            Some(why) => {
                let text = format!("Only {why}: {text}");
                found.partly.push(Finding { rule, sid: sid(), text });
            }
        }
    }
    if before == found.enforces.len() + found.partly.len() {
        for condition in &conditions {
            let Condition { operator, key, .. } = condition;
            let text = format!(
                "Something is denied by {key}, in a way that is not understood ({operator})."
            );
            let rules = condition.rules().iter();
            found.partly.extend(rules.map(|rule| Finding { rule, sid: sid(), text: text.clone() }));
        }
    }
    Ok(())
}

/// What is denied without a condition is denied by every rule.
fn deny_all(reach: &Reach, sid: &dyn Fn() -> Option<String>, found: &mut Explanation) {
    for (rule, _) in RULES {
        if reach.weakness(rule).is_none() {
            let text = "All requests of this kind are denied, whatever they are like.".into();
            found.enforces.push(Finding { rule, sid: sid(), text });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use core::cell::Cell;
    use std::thread_local;

    thread_local! {
        static STEPS: Cell<usize> = const { Cell::new(0) };
    }

    /// Counts comparisons of conditions.
    pub(super) fn step() {
        STEPS.set(STEPS.get() + 1);
    }

    /// One statement with so many conditions of one kind, each in another case.
    fn statement(count: usize) -> Json {
        let operator = |index: usize| {
            let letters = "stringnotequals".char_indices();
            let cased = letters.map(|(bit, letter)| match (index >> bit) & 1 {
                1 => letter.to_ascii_uppercase(),
                _ => letter,
            });
            (
                cased.collect(),
                Json::object([("s3:x-amz-server-side-encryption", Json::text("aws:kms"))]),
            )
        };
        Json::Object(vec![
            ("Effect".into(), Json::text("Deny")),
            ("Principal".into(), Json::text("*")),
            ("Action".into(), Json::text("s3:PutObject")),
            ("Resource".into(), Json::text("arn:aws:s3:::inbox/*")),
            ("Condition".into(), Json::Object((0..count).map(operator).collect())),
        ])
    }

    fn steps(count: usize) -> usize {
        STEPS.set(0);
        let policy = Json::object([("Statement", statement(count))]);
        assert_eq!(explain_policy(&policy).unwrap().partly.len(), count);
        STEPS.get()
    }

    #[test]
    fn twice_the_conditions_are_twice_the_work() {
        assert!(steps(100) > 0);
        assert_eq!(steps(200), 2 * steps(100));
    }

    #[test]
    fn longer_than_any_policy() {
        let policy = Json::object([("Statement", statement(1000))]);
        assert_eq!(explain_policy(&policy).unwrap_err().code(), "ERR_POLICY");
    }
}
