//! Seals a file to an S3 Encryption Client object: the body into a file, and the user metadata that
//! must be stored with it as JSON on standard output.
//!
//! ```sh
//! cargo run --example object -- key.json report.pdf body > metadata.json
//! aws s3api put-object --bucket documents --key report.pdf --body body --metadata file://metadata.json
//! ```

use bongtu::object::{ObjectOptions, seal_object};
use bongtu::{Keyring, KmsPublicKey, KmsRsaKeyring};
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let [key, input, output] = arguments.as_slice() else {
        return Err("usage: object KEY_JSON FILE BODY".into());
    };
    let public_key = KmsPublicKey::parse(&fs::read(key)?)?;
    let arn = public_key.key_arn().cloned().ok_or("KEY_JSON does not name its key")?;
    let keyring = Keyring::KmsRsa(KmsRsaKeyring::new(public_key, arn, None)?);

    let sealed = seal_object(&keyring, &fs::read(input)?, ObjectOptions::default())?;
    fs::write(output, sealed.body)?;
    let metadata: BTreeMap<_, _> = sealed.head.metadata.into_iter().collect();
    println!("{}", serde_json::to_string_pretty(&metadata)?);
    Ok(())
}
