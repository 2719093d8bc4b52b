//! Explains in words what an existing bucket policy enforces.
//!
//! A rule counts as enforced only when one statement denies it to everybody, for all objects and
//! without a further condition. Anything that may be weaker is said to hold in part.

use super::policy::{
    CREATION, CUSTOMER_ALGORITHM, IF_NONE_MATCH, SECURE_TRANSPORT, SSE, SSE_KEY_ID, TLS_VERSION,
};
use crate::error::{Error, Result};
use crate::json::Json;
use alloc::{format, string::String, vec::Vec};

/// The rules that are looked for, by their names in [`Finding::rule`], and the text if none is found: what
/// is not recognised may still be denied.
const RULES: [(&str, &str); 7] = [
    ("tls-only", "No statement was recognised that denies requests over plain HTTP."),
    ("minimum-tls", "No statement was recognised that denies TLS below version 1.2."),
    ("require-kms", "No statement was recognised that denies uploads without SSE-KMS."),
    ("kms-key", "No statement was recognised that denies uploads under other KMS keys."),
    (
        "require-customer-key",
        "No statement was recognised that denies uploads without a customer key (SSE-C).",
    ),
    (
        "forbid-customer-key",
        "No statement was recognised that denies uploads with a customer key (SSE-C).",
    ),
    ("create-only", "No statement was recognised that denies uploads that replace an object."),
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
    for (rule, text) in RULES {
        let mut known = found.enforces.iter().chain(&found.partly);
        if !known.any(|finding| finding.rule == rule) {
            found.not_enforced.push(Finding { rule, sid: None, text: text.into() });
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
    explain_policy(&crate::json::tree(text).ok_or_else(|| no_policy("it is not JSON"))?)
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
    let reaches = Reaches::of(statement);
    let sid = || statement.get("Sid").and_then(Json::as_text).map(String::from);
    if conditions.is_empty() {
        deny_all(&reaches, &sid, found);
        return Ok(());
    }
    let company = Company::of(&conditions);
    let before = found.enforces.len() + found.partly.len();
    for condition in &conditions {
        let Some((rule, text)) = recognise(condition, company.named_only > 0) else { continue };
        let narrowed = company.narrows(rule).then_some("under further conditions");
        match reaches.weakness(rule).or(narrowed) {
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
            let rules = rules_about(key).iter();
            found.partly.extend(rules.map(|rule| Finding { rule, sid: sid(), text: text.clone() }));
        }
    }
    Ok(())
}

/// A denial without a condition counts for every rule.
fn deny_all(reaches: &Reaches, sid: &dyn Fn() -> Option<String>, found: &mut Explanation) {
    for (rule, _) in RULES {
        if reaches.weakness(rule).is_none() {
            let text = "All requests of this kind are denied, whatever they are like.".into();
            found.enforces.push(Finding { rule, sid: sid(), text });
        }
    }
}

/// Why a statement does not hold for all requests of a kind: found once, since a statement may have
/// many conditions, and lists that are as long.
struct Reaches {
    everything: Option<&'static str>,
    uploads: Option<&'static str>,
}

impl Reaches {
    fn of(statement: &Json) -> Self {
        Self {
            everything: weakness(statement, EVERYTHING),
            uploads: weakness(statement, "s3:PutObject"),
        }
    }

    /// The weakness of the actions that a rule is about.
    fn weakness(&self, rule: &str) -> Option<&'static str> {
        match rule {
            "tls-only" | "minimum-tls" => self.everything,
            _ => self.uploads,
        }
    }
}

/// The conditions beside a condition, counted once for all of them.
struct Company {
    all: usize,
    /// Those that let uploads pass which name no encryption.
    named_only: usize,
    /// Those that let parts pass.
    creation_only: usize,
}

impl Company {
    fn of(conditions: &[Condition]) -> Self {
        let count = |operator, key, value| {
            conditions.iter().filter(|condition| condition.is(operator, key, value)).count()
        };
        Self {
            all: conditions.len(),
            named_only: count("null", SSE, "false"),
            creation_only: count("bool", CREATION, "true"),
        }
    }

    /// Whether a condition that is recognised as a rule's has others beside it that do not belong
    /// to the rule.
    fn narrows(&self, rule: &str) -> bool {
        let belonging = match rule {
            // Parts come before the object, and carry no such header.
            "create-only" => self.creation_only,
            // The rule's text says what remains.
            "require-kms" | "kms-key" => self.named_only,
            _ => 0,
        };
        self.all > 1 + belonging
    }
}

/// The rules that a condition on `key` may be about.
fn rules_about(key: &str) -> &'static [&'static str] {
    match KEYS.into_iter().find(|known| known.eq_ignore_ascii_case(key)) {
        Some(SECURE_TRANSPORT) => &["tls-only"],
        Some(TLS_VERSION) => &["minimum-tls"],
        Some(SSE) => &["require-kms"],
        Some(SSE_KEY_ID) => &["kms-key"],
        Some(CUSTOMER_ALGORITHM) => &["require-customer-key", "forbid-customer-key"],
        Some(IF_NONE_MATCH) => &["create-only"],
        _ => &[],
    }
}

/// One condition: all of a statement's must hold for it to deny.
struct Condition {
    /// Lower case.
    operator: String,
    /// Lower case: condition keys have no case.
    key: String,
    values: Vec<String>,
}

fn conditions(statement: &Json) -> Result<Vec<Condition>> {
    let mut conditions = Vec::new();
    let Some(block) = statement.get("Condition") else { return Ok(conditions) };
    let Json::Object(operators) = block else {
        return Err(no_policy("a Condition must be an object"));
    };
    for (operator, keys) in operators {
        let Json::Object(keys) = keys else {
            return Err(no_policy("a condition operator has no keys"));
        };
        for (key, values) in keys {
            let values = values.one_or_more().iter().map(|value| match value {
                Json::Text(text) | Json::Number(text) => Ok(text.clone()),
                Json::Bool(value) => Ok(if *value { "true" } else { "false" }.into()),
                _ => Err(no_policy("a condition value must be text, a number or a boolean")),
            });
            conditions.push(Condition {
                operator: operator.to_ascii_lowercase(),
                key: key.to_ascii_lowercase(),
                values: values.collect::<Result<_>>()?,
            });
        }
    }
    Ok(conditions)
}

impl Condition {
    fn is(&self, operator: &str, key: &str, value: &str) -> bool {
        #[cfg(test)]
        tests::step();
        self.operator == operator && key.eq_ignore_ascii_case(&self.key) && self.values == [value]
    }
}

const KEYS: [&str; 6] =
    [SECURE_TRANSPORT, TLS_VERSION, SSE, SSE_KEY_ID, CUSTOMER_ALGORITHM, IF_NONE_MATCH];

/// The rule that a condition of a Deny expresses. What ends in IfExists denies requests without the
/// key too, and so do the operators of inequality by themselves. `named_only`: another condition
/// lets uploads pass that name no encryption.
fn recognise(condition: &Condition, named_only: bool) -> Option<(&'static str, String)> {
    let key = KEYS.into_iter().find(|key| key.eq_ignore_ascii_case(&condition.key))?;
    let operator = condition.operator.as_str();
    let operator = operator.strip_suffix("ifexists").unwrap_or(operator);
    let values: Vec<&str> = condition.values.iter().map(String::as_str).collect();
    Some(match (key, operator, values.as_slice()) {
        (SECURE_TRANSPORT, "bool", [value]) if value.eq_ignore_ascii_case("false") => {
            ("tls-only", "Requests over plain HTTP are denied.".into())
        }
        // Below that S3 takes none anyway.
        (TLS_VERSION, "numericlessthan", [version @ ("1.2" | "1.3")]) => {
            ("minimum-tls", format!("TLS below version {version} is denied."))
        }
        (SSE, "stringnotequals", modes) => return require_kms(modes, named_only),
        (SSE_KEY_ID, "stringnotequals", [key]) => kms_key(key, named_only),
        (CUSTOMER_ALGORITHM, "null", ["true"]) => {
            ("require-customer-key", "Uploads without a customer key (SSE-C) are denied.".into())
        }
        (CUSTOMER_ALGORITHM, "null", ["false"]) => {
            ("forbid-customer-key", "Uploads with a customer key (SSE-C) are denied.".into())
        }
        (IF_NONE_MATCH, "null", ["true"]) => (
            "create-only",
            "Uploads that could replace an object (without If-None-Match: *) are denied.".into(),
        ),
        _ => return None,
    })
}

fn require_kms(modes: &[&str], named_only: bool) -> Option<(&'static str, String)> {
    let kms = |mode: &&str| matches!(*mode, "aws:kms" | "aws:kms:dsse");
    if modes.is_empty() || !modes.iter().all(kms) {
        return None;
    }
    let modes = modes.join(" or ");
    let default = default_of(named_only);
    Some((
        "require-kms",
        format!("Uploads under other encryption than {modes} are denied.{default}"),
    ))
}

fn kms_key(key: &str, named_only: bool) -> (&'static str, String) {
    // arn:PARTITION:kms:REGION:ACCOUNT:key/ID
    let named = key.split(':').nth(5).is_some_and(|resource| resource.starts_with("key/"));
    let warning = if key.starts_with("arn:") && named {
        ""
    } else {
        " But S3 compares it with a key ARN, and this is not one: all uploads are denied."
    };
    let default = default_of(named_only);
    ("kms-key", format!("Uploads under another KMS key than {key} are denied.{default}{warning}"))
}

const fn default_of(named_only: bool) -> &'static str {
    if named_only {
        " Uploads that name none are let pass: the bucket's default encryption holds for them."
    } else {
        " But UploadPart, which is s3:PutObject too, carries no such header, and S3 is reported to \
         deny it: for uploads in parts have the bucket itself encrypt with this key, and let pass \
         what names no encryption (allowDefault)."
    }
}

const EVERYTHING: &str = "s3:*";

/// Why a statement does not hold for all requests that do `action`.
fn weakness(statement: &Json, action: &str) -> Option<&'static str> {
    let everybody = match statement.get("Principal") {
        Some(Json::Object(members)) => {
            members.iter().any(|(kind, who)| kind == "AWS" && has(who, |who| who == "*"))
        }
        Some(who) => has(who, |who| who == "*"),
        None => false,
    };
    if !everybody {
        return Some("for some principals");
    }
    let covers = |pattern: &str| {
        let pattern = pattern.to_ascii_lowercase();
        pattern == "*"
            || pattern == EVERYTHING
            || (action != EVERYTHING && matches(&pattern, action))
    };
    if !statement.get("Action").is_some_and(|actions| has(actions, covers)) {
        return Some("for some actions");
    }
    let resources = statement.get("Resource");
    if !resources.is_some_and(|list| has(list, |arn| bucket_of(arn).is_some())) {
        return Some("for some objects");
    }
    let whole = || resources.is_some_and(covers_a_bucket);
    (action == EVERYTHING && !whole()).then_some("for objects, not for the bucket itself")
}

/// The bucket of an ARN that covers all objects of a bucket, or `*` for any.
fn bucket_of(arn: &str) -> Option<&str> {
    // arn:PARTITION:s3:::BUCKET/*, or wider.
    let resource = arn.splitn(6, ':').nth(5).unwrap_or(arn);
    match resource.split_once('/') {
        None => (resource == "*").then_some("*"),
        Some(("*", "*")) => Some("*"),
        Some((_, "*")) => arn.strip_suffix("/*"),
        Some(_) => None,
    }
}

/// Whether a bucket and all its objects are covered. A policy is one bucket's, so that the first
/// bucket it names must be the one whose objects it names.
fn covers_a_bucket(resources: &Json) -> bool {
    let all = || resources.one_or_more().iter().filter_map(Json::as_text);
    let mut buckets = all().filter(|arn| !arn.contains('/'));
    let Some(bucket) = buckets.next() else { return false };
    let everything = |arn| bucket_of(arn) == Some("*");
    everything(bucket)
        || buckets.any(everything)
        || all().filter_map(bucket_of).any(|objects| objects == "*" || objects == bucket)
}

fn has(values: &Json, test: impl Fn(&str) -> bool) -> bool {
    values.one_or_more().iter().filter_map(Json::as_text).any(test)
}

/// Whether a lower-case pattern with `*` at its end names an action.
fn matches(pattern: &str, action: &str) -> bool {
    let action = action.to_ascii_lowercase();
    match pattern.split_once('*') {
        None => pattern == action,
        Some((start, "")) => action.starts_with(start),
        // It may mean anything, so nothing is promised.
        Some(_) => false,
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
