//! Key policies: what is written, and what there cannot be.

use bongtu::{EncryptionAlgorithm, KeyPolicy, KeyUse, SymmetricUse, key_policy, opener_policy};

const ADMIN: &str = "arn:aws:iam::111122223333:role/admin";
const SEALER: &str = "arn:aws:iam::111122223333:role/deploy";
const OPENER: &str = "arn:aws:iam::111122223333:role/service/opener";
const KEY: &str = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab";

fn rules() -> KeyPolicy<'static> {
    KeyPolicy {
        account: "111122223333",
        administrators: vec![ADMIN],
        sealers: vec![SEALER],
        openers: vec![OPENER, OPENER],
        ..KeyPolicy::default()
    }
}

#[test]
fn policy_of_an_rsa_key() {
    let text = key_policy(&rules()).unwrap().to_text();
    assert!(
        text.starts_with(r#"{"Version":"2012-10-17","Statement":[{"Sid":"AllowAdministration""#)
    );
    assert!(text.contains(
        r#"{"Sid":"AllowExport","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/deploy"},"Action":["kms:DescribeKey","kms:GetPublicKey"],"Resource":"*"}"#
    ));
    assert!(text.ends_with(
        r#"{"Sid":"AllowOpening","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:role/service/opener"},"Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"kms:EncryptionAlgorithm":["RSAES_OAEP_SHA_1","RSAES_OAEP_SHA_256"]}}}]}"#
    ));
    assert!(!text.contains("kms:*") && !text.contains("CreateGrant"), "{text}");
}

#[test]
fn identity_policy_for_another_account() {
    let key_use = KeyUse {
        encryption_algorithms: vec![EncryptionAlgorithm::RsaesOaepSha256],
        via_service: Some("lambda.eu-west-1.amazonaws.com"),
        symmetric: None,
    };
    assert_eq!(
        opener_policy(KEY, &key_use).unwrap().to_text(),
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"OpenThroughKms","Effect":"Allow","Action":"kms:Decrypt","Resource":"arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab","Condition":{"StringEquals":{"kms:EncryptionAlgorithm":"RSAES_OAEP_SHA_256","kms:ViaService":"lambda.eu-west-1.amazonaws.com"}}}]}"#
    );
    assert_eq!(opener_policy("alias/inbox", &key_use).unwrap_err().code(), "ERR_KEY_ARN");
}

#[test]
fn symmetric_keys_bind_the_context() {
    let symmetric = SymmetricUse {
        encryption_context: vec![("purpose", "inbox")],
        log_groups: vec!["arn:aws:logs:eu-west-1:111122223333:log-group:/app/web"],
    };
    let key_use = KeyUse { symmetric: Some(symmetric), ..KeyUse::default() };
    let text = key_policy(&KeyPolicy { key_use, ..rules() }).unwrap().to_text();
    for part in [
        r#""Action":["kms:Encrypt","kms:GenerateDataKey"],"Resource":"*","Condition":{"StringEquals":{"kms:EncryptionContext:purpose":"inbox"}}"#,
        r#""Action":"kms:Decrypt","Resource":"*","Condition":{"StringEquals":{"kms:EncryptionContext:purpose":"inbox"}}"#,
        r#""Principal":{"Service":"logs.eu-west-1.amazonaws.com"}"#,
        r#""Condition":{"ArnEquals":{"kms:EncryptionContext:aws:logs:arn":"arn:aws:logs:eu-west-1:111122223333:log-group:/app/web"}}"#,
    ] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

#[test]
fn statements_have_names_of_their_own() {
    let log_groups =
        ["a", "b", "c"].map(|name| format!("arn:aws:logs:eu-west-1:111122223333:log-group:{name}"));
    let log_groups = log_groups.iter().map(String::as_str).collect();
    let symmetric = Some(SymmetricUse { log_groups, ..SymmetricUse::default() });
    let key_use = KeyUse { symmetric, ..KeyUse::default() };
    let text = key_policy(&KeyPolicy { key_use, ..rules() }).unwrap().to_text();
    let mut names: Vec<_> =
        text.split(r#""Sid":""#).skip(1).map(|it| it.split('"').next()).collect();
    let all = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!((all, names.len()), (6, 6), "{text}");
}

#[test]
fn what_there_cannot_be() {
    type Change = fn(&mut KeyPolicy<'static>);
    let changes: [(&str, Change); 22] = [
        ("12 digits", |it| it.account = "11112222333"),
        ("12 digits", |it| it.account = "1111-2222-33"),
        ("partition", |it| it.partition = Some("aws cn")),
        ("partition", |it| it.partition = Some("azure")),
        ("without an administrator", |it| it.administrators.clear()),
        ("give themselves anything", |it| it.openers.push(ADMIN)),
        ("role or user", |it| it.openers.push("*")),
        ("role or user", |it| it.openers.push("arn:aws:iam::111122223333:role/")),
        ("role or user", |it| it.openers.push("arn:aws:iam::111122223333:role/*")),
        ("role or user", |it| it.openers.push("arn:aws:iam::111122223333:group/all")),
        ("everybody", |it| it.openers.push("arn:aws:iam::111122223333:root")),
        ("everybody", |it| it.sealers.push("111122223333")),
        ("name its role", |it| {
            it.openers.push("arn:aws:sts::111122223333:assumed-role/opener/session");
        }),
        ("otherAccounts", |it| it.openers.push("arn:aws:iam::444455556666:role/opener")),
        ("own account", |it| it.other_accounts.push("111122223333")),
        ("12 digits", |it| it.other_accounts.push("*")),
        ("SERVICE.REGION", |it| it.key_use.via_service = Some("lambda")),
        ("SERVICE.REGION", |it| it.key_use.via_service = Some("*.eu-west-1.amazonaws.com")),
        ("of an RSA key", |it| {
            it.key_use.symmetric = Some(SymmetricUse::default());
            it.key_use.encryption_algorithms = vec![EncryptionAlgorithm::RsaesOaepSha1];
        }),
        ("literally", |it| {
            let encryption_context = vec![("a*", "b")];
            it.key_use.symmetric = Some(SymmetricUse { encryption_context, ..Default::default() });
        }),
        ("log group", |it| {
            let log_groups = vec!["/app/web"];
            it.key_use.symmetric = Some(SymmetricUse { log_groups, ..Default::default() });
        }),
        ("32 KB", |it| {
            let long: &'static str =
                Box::leak(format!("{OPENER}/{}", "x".repeat(33_000)).into_boxed_str());
            it.openers.push(long);
        }),
    ];
    for (words, change) in changes {
        let mut changed = rules();
        change(&mut changed);
        let error = key_policy(&changed).unwrap_err();
        assert_eq!(error.code(), "ERR_POLICY", "{error}");
        assert!(error.to_string().contains(words), "{words}: {error}");
    }
}
