//! Seals a file to the public half of a KMS RSA key, offline and in constant memory.
//!
//! ```sh
//! aws kms get-public-key --key-id alias/documents --output json > key.json
//! cargo run --example seal_file -- key.json report.pdf report.pdf.sealed
//! ```

use bongtu::{EncryptionContext, Keyring, KmsPublicKey, KmsRsaKeyring, SealOptions, SealWriter};
use std::error::Error;
use std::fs::File;
use std::io::copy;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let [key, input, output] = arguments.as_slice() else {
        return Err("usage: seal_file KEY_JSON FILE SEALED".into());
    };
    // A response of GetPublicKey names its key; PEM and DER do not. Pin it wherever you can:
    // `.pinned(fingerprint)` refuses any other key.
    let public_key = KmsPublicKey::parse(&std::fs::read(key)?)?;
    let arn = public_key.key_arn().cloned().ok_or("KEY_JSON does not name its key")?;
    let keyring = Keyring::KmsRsa(KmsRsaKeyring::new(public_key, arn, None)?);

    // Anybody can read the context, and nobody can change it.
    let encryption_context = EncryptionContext::new([("purpose", "upload")])?;
    let options = SealOptions { encryption_context, ..SealOptions::default() };
    let mut writer = SealWriter::new(&keyring, options, File::create_new(output)?)?;
    copy(&mut File::open(input)?, &mut writer)?;
    // Without this the message has no end, and no reader accepts it.
    writer.finish()?.sync_all()?;
    Ok(())
}
