//! Policies of KMS keys (docs/formats.md 5.3): who administers a key, who may export its public half,
//! who opens with it. Nobody gets `kms:*`, and who opens cannot change who opens.

use crate::arn::KeyArn;
use crate::error::{Error, Result};
use crate::json::Json;
use crate::wrap::EncryptionAlgorithm;
use alloc::{format, string::String, vec, vec::Vec};

/// What KMS takes.
const MAX_LENGTH: usize = 32 * 1024;

const ADMINISTRATION: [&str; 18] = [
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListKeyPolicies",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
];

/// What a key policy is to allow, and to whom.
#[derive(Clone, Debug, Default)]
pub struct KeyPolicy<'a> {
    /// The account that has the key, of 12 digits.
    pub account: &'a str,
    /// `aws` unless set; `aws-cn` and others have their own.
    pub partition: Option<&'a str>,
    /// ARNs of roles or users who manage the key, one at least: without any nobody could.
    pub administrators: Vec<&'a str>,
    /// Roles that export the public half of an RSA key, or seal under a symmetric one. Whoever has the
    /// public half already needs no permission.
    pub sealers: Vec<&'a str>,
    /// Roles that open.
    pub openers: Vec<&'a str>,
    /// Accounts whose administrators decide by IAM policies of their own who opens there; see
    /// [`opener_policy`].
    pub other_accounts: Vec<&'a str>,
    /// For which use.
    pub key_use: KeyUse<'a>,
}

/// What openers use a key for.
#[derive(Clone, Debug, Default)]
pub struct KeyUse<'a> {
    /// Which of an RSA key's algorithms; both if there is none. Objects are under SHA-1, messages and
    /// secrets under SHA-256 unless they are told otherwise.
    pub encryption_algorithms: Vec<EncryptionAlgorithm>,
    /// Only by way of a service, such as `lambda.eu-west-1.amazonaws.com`.
    pub via_service: Option<&'a str>,
    /// Set for a symmetric key, which has other rules than an RSA key.
    pub symmetric: Option<SymmetricUse<'a>>,
}

/// What a symmetric key is used for.
#[derive(Clone, Debug, Default)]
pub struct SymmetricUse<'a> {
    /// Pairs that the encryption context must have, for sealing and for opening.
    pub encryption_context: Vec<(&'a str, &'a str)>,
    /// ARNs of log groups of CloudWatch Logs that are encrypted with the key.
    pub log_groups: Vec<&'a str>,
}

/// The policy of a key.
///
/// # Errors
/// [`Error::Policy`] for an account, ARN or service that there cannot be, for somebody who would both
/// administer and open, and for what is longer than the 32 KB that KMS takes.
pub fn key_policy(rules: &KeyPolicy<'_>) -> Result<Json> {
    let partition = checked_partition(rules.partition.unwrap_or("aws"))?;
    let own = checked_account(rules.account)?;
    let roles = |names: &[&str], what| principals(names, partition, own, what);
    let administrators = roles(&rules.administrators, "an administrator")?;
    let sealers = roles(&rules.sealers, "a sealer")?;
    let openers = roles(&rules.openers, "an opener")?;
    if administrators.is_empty() {
        return Err(refused("a key without an administrator could never be managed again"));
    }
    if openers.iter().any(|opener| administrators.contains(opener)) {
        return Err(refused(
            "whoever administers a key can give themselves anything; let another role open",
        ));
    }
    let mut others = Vec::new();
    for account in &rules.other_accounts {
        if checked_account(account)? == own {
            return Err(refused("otherAccounts has the key's own account"));
        }
        others.push(Json::Text(format!("arn:{partition}:iam::{account}:root")));
    }

    let opening = opening_conditions(&rules.key_use)?;
    let mut statements =
        vec![allow("AllowAdministration", administrators, &ADMINISTRATION, vec![])];
    if !sealers.is_empty() {
        statements.push(sealing(sealers, &rules.key_use)?);
    }
    for (sid, who) in [("AllowOpening", openers), ("AllowOpeningByOtherAccounts", others)] {
        if !who.is_empty() {
            statements.push(allow(sid, who, &["kms:Decrypt"], opening.clone()));
        }
    }
    if let Some(symmetric) = &rules.key_use.symmetric {
        for (n, group) in symmetric.log_groups.iter().enumerate() {
            // No two statements may have the same Sid.
            let sid = format!("AllowLogGroup{}", n + 1);
            statements.push(log_group(group, partition, &sid)?);
        }
    }
    let policy = document(statements);
    if policy.fits(MAX_LENGTH, 16) { Ok(policy) } else { Err(refused("it has more than 32 KB")) }
}

/// The identity policy by which the administrators of another account let a role of theirs open.
///
/// # Errors
/// [`Error::KeyArn`], and [`Error::Policy`] as [`key_policy`].
pub fn opener_policy(key_arn: &str, key_use: &KeyUse<'_>) -> Result<Json> {
    let statement = vec![
        ("Sid", Json::text("OpenThroughKms")),
        ("Effect", Json::text("Allow")),
        ("Action", Json::text("kms:Decrypt")),
        ("Resource", Json::text(KeyArn::parse(key_arn)?.as_str())),
    ];
    let conditions = opening_conditions(key_use)?;
    Ok(document(vec![with_conditions(statement, conditions)]))
}

/// An operator, a condition key and its values.
type Condition = (&'static str, String, Json);

fn sealing(sealers: Vec<Json>, key_use: &KeyUse<'_>) -> Result<Json> {
    Ok(match &key_use.symmetric {
        None => allow("AllowExport", sealers, &["kms:DescribeKey", "kms:GetPublicKey"], vec![]),
        Some(symmetric) => {
            let actions = ["kms:Encrypt", "kms:GenerateDataKey"];
            allow("AllowSealing", sealers, &actions, context_conditions(symmetric)?)
        }
    })
}

fn opening_conditions(key_use: &KeyUse<'_>) -> Result<Vec<Condition>> {
    let mut conditions = match &key_use.symmetric {
        None => vec![algorithm_condition(&key_use.encryption_algorithms)],
        Some(_) if !key_use.encryption_algorithms.is_empty() => {
            return Err(refused("encryptionAlgorithms are those of an RSA key"));
        }
        Some(symmetric) => context_conditions(symmetric)?,
    };
    if let Some(service) = key_use.via_service {
        let service = Json::text(checked_service(service)?);
        conditions.push(("StringEquals", "kms:ViaService".into(), service));
    }
    Ok(conditions)
}

fn algorithm_condition(algorithms: &[EncryptionAlgorithm]) -> Condition {
    let both = [EncryptionAlgorithm::RsaesOaepSha1, EncryptionAlgorithm::RsaesOaepSha256];
    let all = if algorithms.is_empty() { &both } else { algorithms };
    let names = all.iter().map(|algorithm| Json::text(algorithm.name())).collect();
    ("StringEquals", "kms:EncryptionAlgorithm".into(), one_or_list(names))
}

fn context_conditions(symmetric: &SymmetricUse<'_>) -> Result<Vec<Condition>> {
    let condition = |&(name, value): &(&str, &str)| {
        if name.is_empty() || name.contains(['*', '?', '$']) || value.contains("${") {
            return Err(refused("a condition on the encryption context names one pair, literally"));
        }
        Ok(("StringEquals", format!("kms:EncryptionContext:{name}"), Json::text(value)))
    };
    symmetric.encryption_context.iter().map(condition).collect()
}

/// What CloudWatch Logs needs, for one group and none else.
fn log_group(arn: &str, partition: &str, sid: &str) -> Result<Json> {
    let no_arn = || {
        refused(
            "a log group's ARN is arn:PARTITION:logs:REGION:ACCOUNT:log-group:NAME, in the key's \
             partition",
        )
    };
    let parts: Vec<&str> = arn.splitn(7, ':').collect();
    let [prefix, found, service, region, account, kind, name] = parts[..] else {
        return Err(no_arn());
    };
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"_/.#-".contains(&byte);
    if (prefix, found, service, kind) != ("arn", partition, "logs", "log-group")
        || !(1..=512).contains(&name.len())
        || !name.bytes().all(letter)
    {
        return Err(no_arn());
    }
    checked_account(account)?;
    let domain = if partition == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" };
    let service = format!("logs.{region}.{domain}");
    let actions =
        ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"];
    let of_group = ("ArnEquals", "kms:EncryptionContext:aws:logs:arn".into(), Json::text(arn));
    let statement = vec![
        ("Sid", Json::text(sid)),
        ("Effect", Json::text("Allow")),
        ("Principal", Json::object([("Service", Json::text(checked_service(&service)?))])),
        ("Action", Json::list(actions)),
        ("Resource", Json::text("*")),
    ];
    Ok(with_conditions(statement, vec![of_group]))
}

fn allow(sid: &str, who: Vec<Json>, actions: &[&str], conditions: Vec<Condition>) -> Json {
    let actions = actions.iter().map(|action| Json::text(*action)).collect();
    let statement = vec![
        ("Sid", Json::text(sid)),
        ("Effect", Json::text("Allow")),
        ("Principal", Json::object([("AWS", one_or_list(who))])),
        ("Action", one_or_list(actions)),
        // In a key policy this is the key that it belongs to.
        ("Resource", Json::text("*")),
    ];
    with_conditions(statement, conditions)
}

/// One member for each operator, as JSON has no name twice.
fn with_conditions(mut statement: Vec<(&str, Json)>, conditions: Vec<Condition>) -> Json {
    let mut operators: Vec<(&'static str, Vec<(String, Json)>)> = Vec::new();
    for (operator, key, values) in conditions {
        match operators.iter_mut().find(|(name, _)| *name == operator) {
            Some((_, keys)) => keys.push((key, values)),
            None => operators.push((operator, vec![(key, values)])),
        }
    }
    if !operators.is_empty() {
        let of_operator = |(name, keys)| (name, Json::Object(keys));
        statement.push(("Condition", Json::object(operators.into_iter().map(of_operator))));
    }
    Json::object(statement)
}

fn document(statements: Vec<Json>) -> Json {
    Json::object([("Version", Json::text("2012-10-17")), ("Statement", Json::List(statements))])
}

fn one_or_list(mut values: Vec<Json>) -> Json {
    match values.len() {
        1 => values.remove(0),
        _ => Json::List(values),
    }
}

/// ARNs of roles and users of the key's own account.
fn principals(names: &[&str], partition: &str, account: &str, what: &str) -> Result<Vec<Json>> {
    let prefix = format!("arn:{partition}:iam::{account}:");
    let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"+=,.@_/-".contains(&byte);
    let mut found = Vec::new();
    for name in names {
        let named = name.strip_prefix(prefix.as_str()).is_some_and(|resource| {
            let name = resource.strip_prefix("role/").or_else(|| resource.strip_prefix("user/"));
            name.is_some_and(|name| {
                !name.is_empty() && !name.ends_with('/') && name.bytes().all(letter)
            })
        });
        if !named {
            return Err(Error::Policy(format!(
                "{what} must be a role or user of the key's account, {prefix}role/NAME{}",
                hint(name)
            )));
        }
        let name = Json::text(*name);
        if !found.contains(&name) {
            found.push(name);
        }
    }
    Ok(found)
}

fn hint(name: &str) -> &'static str {
    if name.contains(":assumed-role/") {
        "; of a session, name its role"
    } else if name.ends_with(":root") || name.bytes().all(|byte| byte.is_ascii_digit()) {
        "; :root would stand for everybody whom IAM policies of the account let in"
    } else if name.contains(":iam::") {
        "; other accounts go into otherAccounts"
    } else {
        ""
    }
}

fn checked_partition(partition: &str) -> Result<&str> {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte == b'-';
    let sound = partition == "aws" || partition.starts_with("aws-");
    if sound && partition.bytes().all(letter) {
        Ok(partition)
    } else {
        Err(refused("the partition must be aws, aws-cn or the like"))
    }
}

fn checked_account(account: &str) -> Result<&str> {
    if account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()) {
        Ok(account)
    } else {
        Err(refused("an account must be 12 digits"))
    }
}

fn checked_service(service: &str) -> Result<&str> {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let label = |label: &str| !label.is_empty() && label.bytes().all(letter);
    let name = service.strip_suffix(".cn").unwrap_or(service).strip_suffix(".amazonaws.com");
    if name.is_some_and(|name| name.split('.').count() == 2 && name.split('.').all(label)) {
        Ok(service)
    } else {
        Err(refused("a service is named SERVICE.REGION.amazonaws.com"))
    }
}

fn refused(why: &str) -> Error {
    Error::Policy(why.into())
}
