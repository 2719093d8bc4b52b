//! Decides where a customer key may travel to (docs/formats.md 5.1: HTTPS only).

use crate::error::{Error, Result};

/// Refuses an endpoint to which a key would go in the clear. One of this machine, where emulators
/// run, is let pass.
///
/// # Errors
/// [`Error::Sse`] for plain HTTP to another host, [`Error::Input`] for text that is not a URL.
pub(super) fn check_confidential(endpoint: &str) -> Result<()> {
    if after_scheme(endpoint, "https://").is_some() {
        return Ok(());
    }
    let rest = after_scheme(endpoint, "http://")
        .ok_or(Error::Input("endpoint must be a URL, https://…"))?;
    // A backslash ends the host as browsers read it.
    let authority = rest.split(['/', '\\', '?', '#']).next().unwrap_or_default();
    if is_loopback(authority) {
        return Ok(());
    }
    Err(Error::Sse(
        "a customer key must not go over plain HTTP; use https:// (http:// on loopback only)"
            .into(),
    ))
}

fn after_scheme<'a>(url: &'a str, scheme: &str) -> Option<&'a str> {
    let (start, rest) = url.split_at_checked(scheme.len())?;
    start.eq_ignore_ascii_case(scheme).then_some(rest)
}

/// Whether `host`, `host:port` or `[address]:port` is this machine. With a user name, which could look like a host, it is not.
fn is_loopback(authority: &str) -> bool {
    if let Some(rest) = authority.strip_prefix('[') {
        return matches!(rest.split_once(']'), Some(("::1", port)) if !port.contains('@'));
    }
    let host = authority.split(':').next().unwrap_or_default();
    let host = host.to_ascii_lowercase();
    let local = host == "localhost" || host.ends_with(".localhost") || is_loopback_address(&host);
    local && !authority.contains('@')
}

/// `127.x.y.z`
fn is_loopback_address(host: &str) -> bool {
    let octet = |part: &str| !part.starts_with('+') && part.parse::<u8>().is_ok();
    let mut parts = host.split('.');
    parts.next() == Some("127") && parts.clone().count() == 3 && parts.all(octet)
}

#[cfg(test)]
mod tests {
    use super::check_confidential;

    #[test]
    fn a_key_goes_over_tls_or_stays_at_home() {
        for endpoint in [
            "https://bucket.s3.eu-west-1.amazonaws.com/key",
            "HTTPS://example.com",
            "http://localhost:4566",
            "http://bucket.localhost:4566/key",
            "http://127.0.0.1:9000",
            "http://127.9.9.9",
            "http://[::1]:9000/",
        ] {
            assert!(check_confidential(endpoint).is_ok(), "{endpoint}");
        }
        for (endpoint, code) in [
            ("http://s3.amazonaws.com", "ERR_SSE"),
            ("http://localhost.example.com", "ERR_SSE"),
            ("http://localhost@example.com/", "ERR_SSE"),
            ("http://localhost:80@example.com/", "ERR_SSE"),
            ("http://127.0.0.1.example.com", "ERR_SSE"),
            ("http://128.0.0.1", "ERR_SSE"),
            ("http://10.0.0.1/localhost", "ERR_SSE"),
            ("http://[::2]", "ERR_SSE"),
            ("http://[::1", "ERR_SSE"),
            ("http://[::1]@example.com", "ERR_SSE"),
            ("http://127.0.0.+1", "ERR_SSE"),
            ("http://127.1", "ERR_SSE"),
            ("http://example.com\\@localhost", "ERR_SSE"),
            ("http://", "ERR_SSE"),
            ("ftp://localhost", "ERR_INPUT"),
            ("localhost:4566", "ERR_INPUT"),
            ("", "ERR_INPUT"),
        ] {
            assert_eq!(check_confidential(endpoint).unwrap_err().code(), code, "{endpoint}");
        }
    }
}
