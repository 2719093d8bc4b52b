//! The conditions of a statement, and which rules they express.

use super::no_policy;
use crate::error::Result;
use crate::json::Json;
use crate::s3::policy::{
    CREATION, CUSTOMER_ALGORITHM, IF_NONE_MATCH, SECURE_TRANSPORT, SSE, SSE_KEY_ID, TLS_VERSION,
};
use alloc::{format, string::String, vec::Vec};

/// Keys of conditions, and the rules that a condition on one may be about.
const KEYS: [(&str, &[&str]); 6] = [
    (SECURE_TRANSPORT, &["tls-only"]),
    (TLS_VERSION, &["minimum-tls"]),
    (SSE, &["require-kms"]),
    (SSE_KEY_ID, &["kms-key"]),
    (CUSTOMER_ALGORITHM, &["require-customer-key", "forbid-customer-key"]),
    (IF_NONE_MATCH, &["create-only"]),
];

/// One condition: all of a statement's must hold for it to deny.
pub(super) struct Condition {
    /// Lower case.
    pub(super) operator: String,
    /// Lower case: condition keys have no case.
    pub(super) key: String,
    values: Vec<String>,
}

pub(super) fn conditions(statement: &Json) -> Result<Vec<Condition>> {
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
        super::tests::step();
        self.operator == operator && key.eq_ignore_ascii_case(&self.key) && self.values == [value]
    }

    /// The rules that it may be about.
    pub(super) fn rules(&self) -> &'static [&'static str] {
        self.known().map_or(&[], |(_, rules)| rules)
    }

    fn known(&self) -> Option<(&'static str, &'static [&'static str])> {
        KEYS.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(&self.key))
    }

    /// The rule that a condition of a Deny expresses. What ends in IfExists denies requests without
    /// the key too, and so do the operators of inequality by themselves. `named_only`: another
    /// condition lets uploads pass that name no encryption.
    pub(super) fn rule(&self, named_only: bool) -> Option<(&'static str, String)> {
        let (key, _) = self.known()?;
        let operator = self.operator.as_str();
        let operator = operator.strip_suffix("ifexists").unwrap_or(operator);
        let values: Vec<&str> = self.values.iter().map(String::as_str).collect();
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
            (CUSTOMER_ALGORITHM, "null", ["true"]) => (
                "require-customer-key",
                "Uploads without a customer key (SSE-C) are denied.".into(),
            ),
            (CUSTOMER_ALGORITHM, "null", ["false"]) => {
                ("forbid-customer-key", "Uploads with a customer key (SSE-C) are denied.".into())
            }
            (IF_NONE_MATCH, "null", ["true"]) => (
                "create-only",
                "Uploads that could replace an object (without If-None-Match: *) are denied."
                    .into(),
            ),
            _ => return None,
        })
    }
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

/// What stands beside a condition, counted once for all of them.
pub(super) struct Company {
    all: usize,
    /// Conditions that let uploads pass which name no encryption.
    pub(super) named_only: usize,
    /// Conditions that let parts pass.
    creation_only: usize,
}

impl Company {
    pub(super) fn of(conditions: &[Condition]) -> Self {
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
    pub(super) fn narrows(&self, rule: &str) -> bool {
        let belonging = match rule {
            // Parts come before the object, and carry no such header.
            "create-only" => self.creation_only,
            // What remains is said in the rule's text.
            "require-kms" | "kms-key" => self.named_only,
            _ => 0,
        };
        self.all > 1 + belonging
    }
}
