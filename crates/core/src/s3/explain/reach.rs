//! Whom and what a statement covers: less than everybody and all objects enforces a rule in part.

use crate::json::Json;

const EVERYTHING: &str = "s3:*";

/// Why a statement does not hold for all requests of a kind: found once, since a statement may have
/// many conditions, and lists that are as long.
pub(super) struct Reach {
    everything: Option<&'static str>,
    uploads: Option<&'static str>,
}

impl Reach {
    pub(super) fn of(statement: &Json) -> Self {
        Self {
            everything: weakness(statement, EVERYTHING),
            uploads: weakness(statement, "s3:PutObject"),
        }
    }

    /// Of the actions that a rule is about.
    pub(super) fn weakness(&self, rule: &str) -> Option<&'static str> {
        match rule {
            "tls-only" | "minimum-tls" => self.everything,
            _ => self.uploads,
        }
    }
}

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

/// Of an ARN that covers all objects of a bucket: the bucket's, or `*` for any.
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
        // Where it may mean anything, nothing is promised.
        Some(_) => false,
    }
}
