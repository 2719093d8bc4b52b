//! Laws of what is parsed: encoded again it has the same bytes, whatever it holds.
//!
//! Every run tries the same cases. A failure shows the smallest input that has it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

mod support;

use base64ct::{Base64, Encoding};
use bongtu::message::{Description, Inspector};
use bongtu::object::{Format, ObjectOptions, inspect_object, seal_object};
use bongtu::secret::SecretValue;
use bongtu::{Error, Json, KeyArn, KmsPublicKey, MaterialDescription};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::RngSeed;
use support::objects::{metadata, rsa};

fn cases(cases: u32) -> ProptestConfig {
    let rng_seed = RngSeed::Fixed(0xb0_9470);
    ProptestConfig { cases, rng_seed, failure_persistence: None, ..ProptestConfig::default() }
}

// ---- headers, encryption contexts and encrypted data keys ----------------------------------------

/// The contents of a header, as a writer has them.
#[derive(Debug)]
struct Parts {
    suite: u16,
    message_id: Vec<u8>,
    context: Vec<(String, String)>,
    edks: Vec<[Vec<u8>; 3]>,
    content_type: u8,
    frame_length: u32,
    /// Commitment and tag, or IV and tag.
    end: Vec<u8>,
}

fn parts() -> impl Strategy<Value = Parts> {
    select(vec![0x0478_u16, 0x0578, 0x0078, 0x0178, 0x0214, 0x0378]).prop_flat_map(|suite| {
        let (id, end) = if version_of(suite) == 2 { (32, 32 + 16) } else { (16, 12 + 16) };
        let edk = (any::<String>(), any::<String>(), vec(any::<u8>(), 0..600))
            .prop_map(|(id, info, ciphertext)| [id.into_bytes(), info.into_bytes(), ciphertext]);
        let frames = prop_oneof![Just((1, 0)), (1..=64_u32 << 20).prop_map(|length| (2, length))];
        let context = btree_map(any::<String>(), any::<String>(), 0..8);
        (vec(any::<u8>(), id), context, vec(edk, 1..5), frames, vec(any::<u8>(), end)).prop_map(
            move |(message_id, context, edks, (content_type, frame_length), end)| Parts {
                suite,
                message_id,
                context: context.into_iter().collect(),
                edks,
                content_type,
                frame_length,
                end,
            },
        )
    })
}

const fn version_of(suite: u16) -> u8 {
    if suite >= 0x0400 { 2 } else { 1 }
}

fn prefixed(bytes: &[u8]) -> Vec<u8> {
    [&u16::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
}

fn count_of<T>(list: &[T]) -> [u8; 2] {
    u16::try_from(list.len()).unwrap().to_be_bytes()
}

/// The canonical form (docs/formats.md 2.2), behind its length.
fn context_section(pairs: &[(String, String)]) -> Vec<u8> {
    let mut canonical = if pairs.is_empty() { Vec::new() } else { count_of(pairs).to_vec() };
    for (name, value) in pairs {
        canonical.extend([prefixed(name.as_bytes()), prefixed(value.as_bytes())].concat());
    }
    prefixed(&canonical)
}

/// A header of either version (docs/formats.md 2.4 and 2.5).
fn encode(parts: &Parts) -> Vec<u8> {
    let version = version_of(parts.suite);
    let mut header = if version == 2 { vec![2] } else { vec![1, 0x80] };
    header.extend(parts.suite.to_be_bytes());
    header.extend(&parts.message_id);
    header.extend(context_section(&parts.context));
    header.extend(count_of(&parts.edks));
    header.extend(parts.edks.iter().flatten().flat_map(|field| prefixed(field)));
    header.push(parts.content_type);
    if version == 1 {
        header.extend([0, 0, 0, 0, 12]);
    }
    header.extend(parts.frame_length.to_be_bytes());
    header.extend(&parts.end);
    header
}

/// The contents of a description; of fields whose place alone it gives, the bytes in the header.
fn parts_of(description: &Description, header: &[u8]) -> Parts {
    let field = |name: &str| {
        let found = description.fields.iter().find(|field| field.name == name);
        found.map_or(&[][..], |field| &header[field.start..field.start + field.length])
    };
    let edks = description.encrypted_data_keys.iter().enumerate().map(|(n, edk)| {
        let ciphertext = field(&format!("edk[{n}].ciphertext"))[2..].to_vec();
        assert_eq!(ciphertext.len(), edk.ciphertext_length);
        [edk.provider_id.clone().into(), edk.provider_info.clone().into(), ciphertext]
    });
    Parts {
        suite: u16::from_str_radix(&description.suite.id[2..], 16).unwrap(),
        message_id: hexadecimal(&description.message_id),
        context: description.encryption_context.clone(),
        edks: edks.collect(),
        content_type: if description.content_type == "framed" { 2 } else { 1 },
        frame_length: description.frame_length,
        end: [field("commitment"), field("headerIv"), field("headerTag")].concat(),
    }
}

fn hexadecimal(text: &str) -> Vec<u8> {
    let pair = |at: usize| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).unwrap();
    (0..text.len() / 2).map(pair).collect()
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn a_header_is_what_its_description_says(parts in parts()) {
        let header = encode(&parts);
        let inspector = Inspector::parse(&header).unwrap();
        prop_assert_eq!(inspector.header_length(), header.len());
        let again = encode(&parts_of(&inspector.describe(), &header));
        prop_assert_eq!(again, header);
    }

    #[test]
    fn a_beginning_of_a_header_is_cut_short(parts in parts(), cut in any::<prop::sample::Index>()) {
        let header = encode(&parts);
        // The first byte alone is the version; with none at all there is no message.
        let length = 1 + cut.index(header.len() - 1);
        let found = Inspector::parse(&header[..length]).unwrap_err();
        prop_assert_eq!(found, Error::Truncated, "after {} bytes", length);
    }
}

// ---- public keys ---------------------------------------------------------------------------------

fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut out = vec![tag];
    match (u8::try_from(length), u16::try_from(length).unwrap()) {
        (Ok(short), _) if short < 0x80 => out.push(short),
        (Ok(byte), _) => out.extend([0x81, byte]),
        (Err(_), more) => out.extend([&[0x82][..], &more.to_be_bytes()].concat()),
    }
    out.extend_from_slice(content);
    out
}

fn integer(bytes: &[u8]) -> Vec<u8> {
    let zero = if bytes[0] >= 0x80 { &[0][..] } else { &[] };
    tlv(2, &[zero, bytes].concat())
}

/// An RSAPublicKey (RFC 8017) and the SubjectPublicKeyInfo (RFC 5280) of the same key.
fn rsa_key(modulus: &[u8], exponent: u32) -> (Vec<u8>, Vec<u8>) {
    let exponent = exponent.to_be_bytes();
    let start = exponent.iter().position(|byte| *byte != 0).unwrap();
    let key = tlv(0x30, &[integer(modulus), integer(&exponent[start..])].concat());
    let rsa_encryption = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00";
    let bits = tlv(3, &[&[0], &key[..]].concat());
    let spki = tlv(0x30, &[tlv(0x30, rsa_encryption), bits].concat());
    (key, spki)
}

fn modulus() -> impl Strategy<Value = Vec<u8>> {
    select(vec![256, 384, 512]).prop_flat_map(|length| vec(any::<u8>(), length)).prop_map(
        |mut modulus| {
            modulus[0] |= 0x80;
            *modulus.last_mut().unwrap() |= 1;
            modulus
        },
    )
}

/// Base64 in lines of `width` characters, which end as `end` says.
fn lines(bytes: &[u8], width: usize, end: &str) -> String {
    let text = Base64::encode_string(bytes);
    let lines: Vec<_> =
        text.as_bytes().chunks(width).map(|line| str::from_utf8(line).unwrap()).collect();
    lines.join(end)
}

proptest! {
    #![proptest_config(cases(100))]

    #[test]
    fn a_public_key_in_any_form_is_the_one_that_kms_exports(
        modulus in modulus(),
        exponent in (32_768..0x7fff_ffff_u32).prop_map(|half| 2 * half + 1),
        width in 1..80_usize,
        end in select(vec!["\n", "\r\n"]),
    ) {
        let (pkcs1, spki) = rsa_key(&modulus, exponent);
        for (label, der) in [("PUBLIC KEY", &spki), ("RSA PUBLIC KEY", &pkcs1)] {
            let text = lines(der, width, end);
            let pem = format!("-----BEGIN {label}-----\n{text}\n-----END {label}-----\n");
            for form in [&der[..], text.as_bytes(), pem.as_bytes()] {
                let key = KmsPublicKey::parse(form).unwrap();
                prop_assert_eq!(key.spki(), &spki);
                prop_assert_eq!(key.key_spec().modulus_length(), modulus.len());
            }
        }
    }
}

// ---- key ARNs ------------------------------------------------------------------------------------

fn key_arn() -> impl Strategy<Value = String> {
    let uuid = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
    let id = prop_oneof![uuid, "mrk-[0-9a-f]{32}"];
    let partition = select(vec!["aws", "aws-cn", "aws-us-gov"]);
    (partition, "(eu|us|ap)-(west|central)-[1-4]", "[0-9]{12}", id).prop_map(
        |(partition, region, account, id)| {
            format!("arn:{partition}:kms:{region}:{account}:key/{id}")
        },
    )
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn an_arn_is_kept_to_the_letter(arn in key_arn(), before in "[ \t\r\n]{0,3}", after in "[ \t\r\n]{0,3}") {
        let parsed = KeyArn::parse(&format!("{before}{arn}{after}")).unwrap();
        prop_assert_eq!(parsed.as_str(), &arn);
        prop_assert!(parsed.matches(&parsed));
    }

    #[test]
    fn an_arn_with_another_letter_is_refused_or_names_another_key(
        arn in key_arn(),
        at in any::<prop::sample::Index>(),
        letter in any::<char>(),
    ) {
        let mut letters: Vec<char> = arn.chars().collect();
        let at = at.index(letters.len());
        letters[at] = letter;
        let changed: String = letters.into_iter().collect();
        if let Ok(parsed) = KeyArn::parse(&changed) {
            let original = KeyArn::parse(&arn).unwrap();
            prop_assert_eq!(parsed.as_str(), &changed);
            prop_assert_eq!(parsed.matches(&original), original.matches(&parsed));
            let replica = changed != arn && arn.contains("key/mrk-");
            prop_assert!(replica || parsed.matches(&original) == (changed == arn));
        }
    }
}

// ---- metadata ------------------------------------------------------------------------------------

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn a_material_description_is_written_the_same_again(
        pairs in btree_map("\\PC{1,12}", "\\PC{0,20}", 0..5),
        format in select(vec![Format::V2, Format::V3]),
    ) {
        let seal = |description| {
            let options = ObjectOptions { format, description, instruction_file: false };
            metadata(&seal_object(&rsa(), b"x", options).unwrap())
        };
        let description = MaterialDescription::new(pairs).unwrap();
        let first = seal(description.clone());
        let found = inspect_object(&first, None, Json::parse).unwrap();
        prop_assert_eq!((found.format, &found.description), (format, &description));
        let again = seal(found.description);
        let written = |metadata: &[(String, String)]| {
            let name = if format == Format::V3 { "x-amz-m" } else { "x-amz-matdesc" };
            metadata.iter().find(|(found, _)| found == name).map(|(_, value)| value.clone())
        };
        prop_assert!(written(&first).is_some() || description.is_empty());
        prop_assert_eq!(written(&again), written(&first));
    }
}

// ---- secrets -------------------------------------------------------------------------------------

fn secret() -> impl Strategy<Value = SecretValue> {
    let block = select(vec![256, 384, 512]).prop_flat_map(|length| vec(any::<u8>(), length));
    let message = (select(vec![&[2, 4][..], &[1, 0x80]]), vec(any::<u8>(), 0..600))
        .prop_map(|(start, rest)| [start, &rest].concat())
        .prop_filter("as long as a block", |message| !matches!(message.len(), 256 | 384 | 512));
    prop_oneof![block.prop_map(SecretValue::Direct), message.prop_map(SecretValue::Message)]
}

proptest! {
    #![proptest_config(cases(300))]

    #[test]
    fn a_sealed_secret_is_the_same_in_lines_or_in_one(
        secret in secret(),
        width in 1..200_usize,
        end in select(vec!["\n", "\r\n", " \n\t", "\r"]),
    ) {
        let (SecretValue::Message(bytes) | SecretValue::Direct(bytes)) = &secret;
        for text in [Base64::encode_string(bytes), lines(bytes, width, end)] {
            prop_assert_eq!(&SecretValue::parse(text).unwrap(), &secret);
        }
    }
}
