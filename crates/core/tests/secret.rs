//! Small secrets. `data/secret-cases.json` is the table that the TypeScript half is tested by, too.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use base64ct::{Base64, Encoding};
use bongtu::object::{Format, ObjectOptions, seal_object};
use bongtu::secret::{
    DirectOpening, Form, OpenSecretOptions, SecretOptions, SecretValue, Target, direct_wrap,
    direct_wrap_to, is_wrapped_key, open_secret_with, seal_secret, seal_secret_to,
};
use bongtu::{
    DecryptParameters, DecryptRequest, DecryptResponse, EncryptionAlgorithm, Error, KeyArn,
    Keyring, KmsFailure, KmsKeyring, KmsPublicKey, KmsRsaKeyring, OpenOptions, SealOptions,
    executor,
};
use serde_json::Value;
use support::{
    ARN, Kms, OTHER_ARN, PRIVATE_2048, PRIVATE_3072, PRIVATE_4096, PUBLIC_2048, PUBLIC_3072,
    PUBLIC_4096, SHA_1, SHA_256, arn, code, context, expecting, hex, keyring, kms, pattern,
};

const DIRECT: Form = Form::Direct;

fn cases() -> Value {
    serde_json::from_str(include_str!("data/secret-cases.json")).unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn direct() -> SecretOptions {
    SecretOptions { form: DIRECT, ..SecretOptions::default() }
}

fn to(form: Form, target: Target) -> SecretOptions {
    SecretOptions { form, target: Some(target), ..SecretOptions::default() }
}

/// Opens with the 2048-bit test key.
fn open(value: &str, options: OpenOptions) -> bongtu::Result<Vec<u8>> {
    let kms = kms();
    let keyring = Keyring::KmsRsa(KmsRsaKeyring::open_only(arn(), SHA_256));
    open_secret_with(&keyring, value, options, |r| kms.decrypt(r))
        .map(|secret| secret.expose().to_vec())
}

#[test]
fn both_forms_come_back_with_every_key_and_algorithm() {
    for (public, private) in
        [(PUBLIC_2048, PRIVATE_2048), (PUBLIC_3072, PRIVATE_3072), (PUBLIC_4096, PRIVATE_4096)]
    {
        let key = KmsPublicKey::parse(public).unwrap();
        let k = key.key_spec().modulus_length();
        let kms = Kms::new(private, ARN);
        for algorithm in [SHA_1, SHA_256] {
            let keyring = keyring(public, algorithm);
            let most = key.max_direct_bytes(algorithm);
            let named = &cases()["maxDirectBytes"][key.key_spec().name()][algorithm.name()];
            assert_eq!(Some(u64::try_from(most).unwrap()), named.as_u64());
            let opens = |value: &str, secret: &[u8]| {
                let opened =
                    open_secret_with(&keyring, value, OpenOptions::default(), |r| kms.decrypt(r));
                assert_eq!(opened.unwrap().expose(), secret);
            };
            for length in [0, 1, 32, most] {
                let secret = pattern(length);
                opens(&seal_secret(&keyring, &secret, SecretOptions::default()).unwrap(), &secret);
                if length > 0 {
                    let value = seal_secret(&keyring, &secret, direct()).unwrap();
                    assert_eq!(Base64::decode_vec(&value).unwrap().len(), k);
                    opens(&value, &secret);
                    opens(&seal_secret_to(&key, algorithm, &secret).unwrap(), &secret);
                }
            }
            for length in [most + 1, 10_000] {
                let Err(Error::Limit { found, limit, .. }) =
                    seal_secret(&keyring, &pattern(length), direct())
                else {
                    panic!("{length} bytes");
                };
                assert_eq!((found, limit), (length.try_into().unwrap(), most.try_into().unwrap()));
            }
        }
    }
}

#[test]
fn what_cannot_be_direct() {
    let keyring = keyring(PUBLIC_2048, SHA_256);
    let error = seal_secret(&keyring, b"", direct()).unwrap_err();
    assert_eq!(error.code(), "ERR_INPUT");
    assert!(error.to_string().contains("use the armoured form"));
    let bound = SecretOptions { encryption_context: context(&[("a", "b")]), ..direct() };
    assert_eq!(code(seal_secret(&keyring, b"x", bound)), "ERR_CONTEXT");

    let opening = Keyring::KmsRsa(KmsRsaKeyring::open_only(arn(), None));
    assert_eq!(code(seal_secret(&opening, b"x", direct())), "ERR_NO_PUBLIC_KEY");
    assert_eq!(code(direct_wrap(&opening, b"x")), "ERR_NO_PUBLIC_KEY");
    let symmetric = Keyring::Kms(KmsKeyring::new(arn()));
    for options in [direct(), SecretOptions::default()] {
        assert_eq!(code(seal_secret(&symmetric, b"x", options)), "ERR_UNSUPPORTED");
    }
    let block = seal_secret(&keyring, b"x", direct()).unwrap();
    let open = |keyring| {
        open_secret_with(keyring, &block, OpenOptions::default(), |_| panic!("KMS was asked"))
    };
    assert_eq!(code(open(&symmetric)), "ERR_UNSUPPORTED");
}

#[test]
fn a_key_that_does_not_offer_the_algorithm() {
    let response = bongtu::GetPublicKeyResponse {
        public_key: KmsPublicKey::parse(PUBLIC_2048).unwrap().spki().to_vec(),
        encryption_algorithms: Some(vec![SHA_1.name().into()]),
        ..Default::default()
    };
    let key = KmsPublicKey::from_response(&response).unwrap();
    assert!(direct_wrap_to(key.clone(), SHA_1, b"x").is_ok());
    assert_eq!(code(direct_wrap_to(key, SHA_256, b"x")), "ERR_KEY_ALGORITHM");
}

#[test]
fn every_target_at_its_edge() {
    let cases = cases();
    let targets = cases["targets"].as_object().unwrap();
    assert_eq!(targets.len(), Target::ALL.len());
    let keyring = keyring(PUBLIC_2048, SHA_256);
    let overhead = seal_secret(&keyring, b"", SecretOptions::default()).unwrap();
    let overhead = Base64::decode_vec(&overhead).unwrap().len();
    for (name, capacity) in targets {
        let target = Target::from_name(name).unwrap();
        let capacity = capacity.as_u64().unwrap();
        assert_eq!((target.name(), target.capacity()), (name.as_str(), capacity));
        let most = usize::try_from(capacity / 4 * 3).unwrap() - overhead;
        let value = seal_secret(&keyring, &pattern(most), to(Form::Armoured, target)).unwrap();
        assert!((capacity - 3..=capacity).contains(&value.len().try_into().unwrap()), "{name}");
        let over = seal_secret(&keyring, &pattern(most + 1), to(Form::Armoured, target));
        let Err(Error::Limit { found, limit, .. }) = over else { panic!("{name}") };
        assert_eq!((found, limit), (u64::try_from(value.len()).unwrap() + 4, capacity));
        assert!(seal_secret(&keyring, b"x", to(DIRECT, target)).is_ok());
    }
    let error = Target::from_name("ssm").unwrap_err();
    assert_eq!(error.code(), "ERR_INPUT");
    assert!(error.to_string().ends_with(&Target::ALL.map(Target::name).join(", ")), "{error}");
}

/// The bytes that a case of the table describes. Read as a header they ask for more bytes than there are.
fn described(case: &Value) -> Vec<u8> {
    let mut bytes = hex(&case["start"]);
    bytes.resize(usize::try_from(case["length"].as_u64().unwrap()).unwrap(), 0xff);
    if case["names"] == true {
        bytes[50..61].copy_from_slice(b"aws-kms-rsa");
    }
    bytes
}

#[test]
fn which_form_a_value_has() {
    let cases = cases();
    let keyring = Keyring::KmsRsa(KmsRsaKeyring::open_only(arn(), SHA_1));
    for case in list(&cases["values"]) {
        let bytes = described(case);
        let mut asked = Vec::new();
        let opened = open_secret_with(
            &keyring,
            &Base64::encode_string(&bytes),
            OpenOptions::default(),
            |request| {
                asked.push(request.clone());
                Ok(DecryptResponse { key_id: ARN.into(), plaintext: vec![7].into() })
            },
        );
        if case["is"] == "direct" {
            assert_eq!(opened.unwrap().expose(), [7], "{}", case["what"]);
            let request = DecryptRequest {
                key_id: Some(arn()),
                ciphertext_blob: bytes,
                parameters: DecryptParameters::Rsa(SHA_1),
            };
            assert_eq!(asked, [request], "{}", case["what"]);
        } else {
            assert_eq!(code(opened), text(&case["is"]), "{}", case["what"]);
            assert!(asked.is_empty(), "{}", case["what"]);
        }
    }
    for case in list(&cases["texts"]) {
        assert_eq!(code(SecretValue::parse(text(&case["text"]))), text(&case["is"]), "{case}");
    }
    // The message is as long as a block of RSA_4096, as most messages of 32-byte keys are.
    let message =
        seal_secret(&support::keyring(PUBLIC_2048, SHA_256), &[7; 32], Default::default());
    let message = message.unwrap();
    let bytes = Base64::decode_vec(&message).unwrap();
    assert_eq!(bytes.len(), 512);
    assert_eq!(SecretValue::parse(&message), Ok(SecretValue::Message(bytes)));
    for around in list(&cases["surroundings"]).iter().map(text) {
        let value = format!("{around}{message}{around}");
        assert_eq!(open(&value, OpenOptions::default()), Ok(vec![7; 32]), "{around:?}");
    }
    for line_break in list(&cases["breaks"]).iter().map(text) {
        let lines = message.as_bytes().chunks(76).map(|line| str::from_utf8(line).unwrap());
        let value = lines.collect::<Vec<_>>().join(line_break) + line_break;
        assert_eq!(open(&value, OpenOptions::default()), Ok(vec![7; 32]), "{line_break:?}");
    }
}

#[test]
fn how_kms_can_answer() {
    let keyring = keyring(PUBLIC_2048, SHA_256);
    let value = seal_secret(&keyring, b"secret", direct()).unwrap();
    let answered = |answer: Result<(&str, &[u8]), &str>| {
        open_secret_with(&keyring, &value, OpenOptions::default(), |_| match answer {
            Ok((key_id, plaintext)) => {
                Ok(DecryptResponse { key_id: key_id.into(), plaintext: plaintext.to_vec().into() })
            }
            Err(name) => Err(KmsFailure { name: name.into() }),
        })
    };
    assert_eq!(answered(Ok((ARN, b"secret"))).unwrap().expose(), b"secret");
    for (key_id, plaintext) in [(OTHER_ARN, b"secret".as_slice()), ("", b"secret"), (ARN, b"")] {
        assert_eq!(answered(Ok((key_id, plaintext))).unwrap_err(), Error::UnwrapSecret);
    }
    for (name, expected) in cases()["failures"].as_object().unwrap() {
        assert_eq!(code(answered(Err(name))), text(expected), "{name}");
    }
}

/// The encrypted data key of a message or object, given as a direct secret, must not give it away.
#[test]
fn what_messages_and_objects_wrap_is_no_secret() {
    let cases = cases();
    let keyring = keyring(PUBLIC_2048, SHA_256);
    let value = seal_secret(&keyring, b"secret", direct()).unwrap();
    for case in list(&cases["plaintexts"]) {
        let (plaintext, wrapped) = (hex(&case["text"]), case["wrapped"].as_bool().unwrap());
        assert_eq!(is_wrapped_key(&plaintext), wrapped, "{case}");
        let opened = open_secret_with(&keyring, &value, OpenOptions::default(), |_| {
            Ok(DecryptResponse { key_id: ARN.into(), plaintext: plaintext.clone().into() })
        });
        let sealed = seal_secret(&keyring, &plaintext, direct());
        if wrapped {
            assert_eq!(opened.unwrap_err(), Error::UnwrapSecret, "{case}");
            assert_eq!(code(sealed), "ERR_INPUT", "{case}");
        } else {
            assert_eq!(opened.unwrap().expose(), plaintext, "{case}");
            assert!(sealed.is_ok(), "{case}");
        }
        let armoured = seal_secret(&keyring, &plaintext, SecretOptions::default()).unwrap();
        assert_eq!(open(&armoured, OpenOptions::default()), Ok(plaintext));
    }
}

#[test]
fn what_is_wrapped_for_messages_and_objects_has_that_shape() {
    let kms = kms();
    let block = |kind: &str, keyring: &Keyring| match kind {
        "message" => {
            let message = bongtu::seal(keyring, b"x", SealOptions::default()).unwrap();
            let header = 1 + 2 + 32 + 2 + 2 + (2 + 11) + (2 + ARN.len()) + 2;
            message[header..header + 256].to_vec()
        }
        format => {
            let format = Format::from_name(format).unwrap();
            let options = ObjectOptions { format, ..ObjectOptions::default() };
            let head = seal_object(keyring, b"x", options).unwrap().head;
            let wrapped = head.metadata.iter().find(|(_, value)| value.len() == 344).unwrap();
            Base64::decode_vec(&wrapped.1).unwrap()
        }
    };
    for (kind, algorithm) in
        [("message", SHA_1), ("message", SHA_256), ("v2", SHA_1), ("v3", SHA_1)]
    {
        let keyring = keyring(PUBLIC_2048, algorithm);
        let value = Base64::encode_string(&block(kind, &keyring));
        let mut asked = 0;
        let opened = open_secret_with(&keyring, &value, OpenOptions::default(), |request| {
            asked += 1;
            kms.decrypt(request)
        });
        assert_eq!((code(opened), asked), ("ERR_UNWRAP", 1), "{kind}");
    }
}

#[test]
fn a_form_can_be_demanded() {
    let keyring = keyring(PUBLIC_2048, SHA_256);
    let kms = kms();
    for (sealed, options) in [(Form::Armoured, SecretOptions::default()), (DIRECT, direct())] {
        let value = seal_secret(&keyring, b"secret", options).unwrap();
        assert_eq!(SecretValue::parse(&value).unwrap().form(), sealed);
        for form in [None, Some(Form::Armoured), Some(DIRECT)] {
            let mut asked = 0;
            let options = OpenSecretOptions { form, ..OpenSecretOptions::default() };
            let opened = open_secret_with(&keyring, &value, options, |request| {
                asked += 1;
                kms.decrypt(request)
            });
            if form.is_none_or(|form| form == sealed) {
                assert_eq!(opened.unwrap().expose(), b"secret");
            } else {
                assert_eq!((code(opened), asked), ("ERR_MALFORMED", 0));
            }
        }
    }
}

#[test]
fn who_holds_the_private_key_is_asked_for_no_arn() {
    let value = seal_secret(&keyring(PUBLIC_2048, SHA_256), b"secret", direct()).unwrap();
    let any = Keyring::KmsRsa(KmsRsaKeyring::open_any_key(None));
    let opened = open_secret_with(&any, &value, OpenOptions::default(), |request| {
        assert_eq!(request.key_id, None);
        kms().decrypt(&DecryptRequest { key_id: Some(arn()), ..request.clone() })
    });
    assert_eq!(opened.unwrap().expose(), b"secret");
}

#[test]
fn a_session_asks_once() {
    let keyring = keyring(PUBLIC_2048, SHA_256);
    let block = executor::wrap(&direct_wrap(&keyring, b"secret").unwrap()).unwrap();
    let begin = || DirectOpening::new(&keyring, block.clone(), &OpenOptions::default()).unwrap();
    let mut opening = begin();
    assert_eq!(code(begin().finish()), "ERR_STATE");
    let answer = kms().decrypt(opening.request().unwrap());
    opening.respond(answer).unwrap();
    assert_eq!(opening.request(), None);
    let unasked = opening.respond(Err(KmsFailure { name: "DisabledException".into() }));
    assert_eq!(code(unasked), "ERR_STATE");
    assert!(!format!("{opening:?}").contains("secret"));
    assert_eq!(opening.finish().unwrap().expose(), b"secret");
}

#[test]
fn contexts() {
    let keyring = keyring(PUBLIC_2048, SHA_256);
    let bound = || SecretOptions {
        encryption_context: context(&[("stage", "prod"), ("name", "db")]),
        ..SecretOptions::default()
    };
    let value = seal_secret(&keyring, b"secret", bound()).unwrap();
    assert_eq!(open(&value, expecting(&[("name", "db")])), Ok(b"secret".to_vec()));
    assert_eq!(code(open(&value, expecting(&[("name", "x")]))), "ERR_CONTEXT_MISMATCH");
    let block = seal_secret(&keyring, b"secret", direct()).unwrap();
    assert_eq!(open(&block, OpenOptions::default()), Ok(b"secret".to_vec()));
    assert_eq!(code(open(&block, expecting(&[("name", "db")]))), "ERR_CONTEXT_MISMATCH");
}

#[test]
fn nothing_that_was_changed_opens() {
    let keyring = keyring(PUBLIC_2048, SHA_256);
    for options in [direct(), SecretOptions::default()] {
        let value = seal_secret(&keyring, b"secret", options).unwrap();
        let bytes = Base64::decode_vec(&value).unwrap();
        for place in (0..bytes.len()).step_by(7) {
            let mut changed = bytes.clone();
            changed[place] ^= 1 << (place % 8);
            let opened = open(&Base64::encode_string(&changed), OpenOptions::default());
            assert!(opened.is_err(), "byte {place}");
        }
        for length in 0..bytes.len() {
            let cut = Base64::encode_string(&bytes[..length]);
            assert!(open(&cut, OpenOptions::default()).is_err(), "{length} bytes");
        }
    }
    let block = seal_secret(&keyring, b"secret", direct()).unwrap();
    let other =
        Keyring::KmsRsa(KmsRsaKeyring::open_only(arn(), EncryptionAlgorithm::RsaesOaepSha1));
    let kms = kms();
    let opened = open_secret_with(&other, &block, OpenOptions::default(), |r| kms.decrypt(r));
    assert_eq!(code(opened), "ERR_UNWRAP");
    let unknown =
        Keyring::KmsRsa(KmsRsaKeyring::open_only(KeyArn::parse(OTHER_ARN).unwrap(), None));
    let opened = open_secret_with(&unknown, &block, OpenOptions::default(), |r| kms.decrypt(r));
    assert_eq!(code(opened), "ERR_KMS");
}
