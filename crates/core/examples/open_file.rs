//! Opens a sealed file in constant memory. The call to KMS is the caller's to make: here the AWS
//! command line makes it, which finds credentials and Region as always.
//!
//! ```sh
//! cargo run --example open_file -- arn:aws:kms:eu-west-1:111122223333:key/… report.pdf.sealed report.pdf
//! ```

use base64ct::{Base64, Encoding};
use bongtu::{
    DecryptParameters, DecryptRequest, DecryptResponse, KeyArn, Keyring, KmsFailure, KmsRsaKeyring,
    OpenOptions, OpenReader,
};
use serde::Deserialize;
use std::error::Error;
use std::fs::{self, File};
use std::io::copy;
use std::process::Command;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [arn, input, output] = arguments.as_slice() else {
        return Err("usage: open_file KEY_ARN SEALED FILE".into());
    };
    let keyring = Keyring::KmsRsa(KmsRsaKeyring::open_only(KeyArn::parse(arn)?, None));
    let mut reader =
        OpenReader::new(&keyring, OpenOptions::default(), File::open(input)?, kms_decrypt)?;

    // Only the end says that the message was complete: until then it has another name.
    let partial = format!("{output}.partial");
    let copied = copy(&mut reader, &mut File::create_new(&partial)?);
    if let Err(error) = copied {
        fs::remove_file(&partial)?;
        return Err(error.into());
    }
    fs::rename(partial, output)?;
    for (name, value) in reader.header().encryption_context.iter() {
        println!("{name}={value}");
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    key_id: String,
    plaintext: String,
}

fn kms_decrypt(request: &DecryptRequest) -> Result<DecryptResponse, KmsFailure> {
    let failed = |name: &str| KmsFailure { name: name.into() };
    let DecryptParameters::Rsa(algorithm) = &request.parameters else {
        return Err(failed("InvalidKeyUsageException"));
    };
    let key_id = request.key_id.as_ref().ok_or_else(|| failed("the request names no key"))?;
    let blob = Base64::encode_string(&request.ciphertext_blob);
    let output = Command::new("aws")
        .args(["kms", "decrypt", "--output", "json", "--cli-binary-format", "base64"])
        .args(["--key-id", key_id.as_str(), "--ciphertext-blob", &blob])
        .args(["--encryption-algorithm", algorithm.name()])
        .output()
        .map_err(|_| failed("the AWS command line cannot be run"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        // "An error occurred (InvalidCiphertextException) when calling …"
        let name = said.split(['(', ')']).nth(1).unwrap_or("an error without a name");
        return Err(failed(name));
    }
    let answer: Answer =
        serde_json::from_slice(&output.stdout).map_err(|_| failed("the answer is not JSON"))?;
    let plaintext = Base64::decode_vec(&answer.plaintext);
    let plaintext = plaintext.map_err(|_| failed("the answer is not base64"))?;
    Ok(DecryptResponse { key_id: answer.key_id, plaintext: plaintext.into() })
}
