//! Policies of KMS keys.

use crate::options::Options;
use alloc::{string::String, vec::Vec};
use bongtu::{EncryptionAlgorithm, KeyPolicy, KeyUse, SymmetricUse, key_policy, opener_policy};
use bongtu_wasm_support::convert::pairs_of;
use bongtu_wasm_support::error::Result;
use wasm_bindgen::prelude::*;

/// A policy document as JSON. `context` are pairs that the encryption context must have.
#[wasm_bindgen(js_name = keyPolicy)]
pub fn of_key(options: Vec<String>, context: Vec<String>) -> Result<String> {
    let options = Options::new(options);
    let context: Vec<_> = pairs_of(context).collect();
    let rules = KeyPolicy {
        account: options.required("account")?,
        partition: options.text("partition"),
        administrators: options.all("administrators").collect(),
        sealers: options.all("sealers").collect(),
        openers: options.all("openers").collect(),
        other_accounts: options.all("otherAccounts").collect(),
        key_use: key_use(&options, &context)?,
    };
    options.finish()?;
    Ok(key_policy(&rules)?.to_text())
}

/// The same of the identity policy by which another account lets a role open.
#[wasm_bindgen(js_name = openerPolicy)]
pub fn of_opener(options: Vec<String>, context: Vec<String>) -> Result<String> {
    let options = Options::new(options);
    let context: Vec<_> = pairs_of(context).collect();
    let key_arn = options.required("keyArn")?;
    let key_use = key_use(&options, &context)?;
    options.finish()?;
    Ok(opener_policy(key_arn, &key_use)?.to_text())
}

fn key_use<'a>(options: &'a Options, context: &'a [(String, String)]) -> Result<KeyUse<'a>> {
    let log_groups: Vec<_> = options.all("logGroups").collect();
    let is_symmetric = options.flag("symmetric");
    let of_symmetric = !context.is_empty() || !log_groups.is_empty();
    if of_symmetric && !is_symmetric {
        return Err(bongtu::Error::Input(
            "encryptionContext and logGroups go with symmetric: an RSA key has no context",
        )
        .into());
    }
    let encryption_algorithms = options
        .all("encryptionAlgorithms")
        .map(EncryptionAlgorithm::from_name)
        .collect::<bongtu::Result<_>>()?;
    let encryption_context = context.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let symmetric = SymmetricUse { encryption_context: encryption_context.collect(), log_groups };
    Ok(KeyUse {
        encryption_algorithms,
        via_service: options.text("viaService"),
        symmetric: is_symmetric.then_some(symmetric),
    })
}
