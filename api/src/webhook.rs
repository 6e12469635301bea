//! Telling a webhook: the body in its format, signed, within limits of time and size.

use std::fmt::Write;
use std::time::Duration;

use jiff::Timestamp;
use ring::hmac;

use crate::config::{PayloadFormat, Webhook};

/// The header with the time and the signature.
pub const SIGNATURE_HEADER: &str = "x-tamis-signature";
/// Longest time for one delivery, from resolving the name to the answer's head.
const TIME_LIMIT: Duration = Duration::from_secs(10);
/// Longest body, in bytes; Slack takes 40,000 characters.
const MAX_BODY: usize = 32 << 10;

/// Posts a stored body (JSON: event and incident) to a webhook; blocks.
///
/// # Errors
/// Why it did not arrive, and whether it is worth trying again.
pub fn post(hook: &Webhook, stored: &str, now: Timestamp) -> Result<(), (String, bool)> {
    let body = payload(hook.format, stored).map_err(|problem| (problem.to_string(), false))?;
    if body.len() > MAX_BODY {
        return Err((format!("the body has {} bytes, more than {MAX_BODY}", body.len()), false));
    }
    // The answer's body is never read, and another address than the one configured is never asked.
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_global(Some(TIME_LIMIT))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .user_agent(concat!("tamis/", env!("CARGO_PKG_VERSION")))
        .build()
        .into();
    let answer = agent
        .post(&hook.url)
        .header("content-type", "application/json")
        .header(SIGNATURE_HEADER, signature(hook.secret.reveal(), now, &body))
        .send(body.as_str())
        .map_err(|problem| (problem.to_string(), true))?;
    match answer.status().as_u16() {
        200..=299 => Ok(()),
        // Too early, too many, or a server in trouble: later may help.
        status @ (408 | 425 | 429 | 500..=599) => Err((format!("it answered {status}"), true)),
        status => Err((format!("it answered {status}: check the url"), false)),
    }
}

/// The time and the signature of a body: `t=<unix seconds>,v1=<hexadecimal HMAC-SHA256 of "<t>.<body>">` (RFC 2104). The
/// time is signed too, so that whoever receives it can refuse what somebody recorded and sends again.
#[must_use]
pub fn signature(secret: &str, now: Timestamp, body: &str) -> String {
    let time = now.as_second();
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, format!("{time}.{body}").as_bytes());
    tag.as_ref().iter().fold(format!("t={time},v1="), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The body as a webhook wants it.
fn payload(format: PayloadFormat, stored: &str) -> serde_json::Result<String> {
    match format {
        PayloadFormat::Json => Ok(stored.to_owned()),
        PayloadFormat::Slack => {
            let told: serde_json::Value = serde_json::from_str(stored)?;
            Ok(serde_json::json!({ "text": sentence(&told) }).to_string())
        }
    }
}

/// An incident in a few lines of text, with Slack's three characters escaped.
fn sentence(told: &serde_json::Value) -> String {
    let incident = &told["incident"];
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let scope = incident["source"].as_str().map_or("the corpus".to_owned(), |name| format!("source {name}"));
    let mut lines = vec![format!("tamis: incident {} in {scope}", text(&told["event"]))];
    for alert in incident["alerts"].as_array().into_iter().flatten() {
        let mark = if alert["cleared_at"].is_null() { "•" } else { "✓" };
        lines.push(format!("{mark} {}: {}", text(&alert["rule"]), text(&alert["message"])));
    }
    lines.join("\n").replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signature_is_what_another_tool_makes_of_it() {
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        // printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac sixteen-letters!
        assert_eq!(
            signature("sixteen-letters!", now, "{\"a\":1}"),
            "t=1700000000,v1=d8d2fb79298a27920a90659fac94d80a2bda255b34018fa8dbfd795ba110542e"
        );
    }

    #[test]
    fn slack_gets_text_with_its_characters_escaped() {
        let stored = serde_json::json!({ "event": "opened", "incident": { "source": "a<b", "alerts": [
            { "rule": "R&D", "message": "score is 3", "cleared_at": null },
            { "rule": "old", "message": "was bad", "cleared_at": "2026-01-01T00:00:00Z" },
        ]}})
        .to_string();
        let body: serde_json::Value = serde_json::from_str(&payload(PayloadFormat::Slack, &stored).unwrap()).unwrap();
        let text = "tamis: incident opened in source a&lt;b\n• R&amp;D: score is 3\n✓ old: was bad";
        assert_eq!(body, serde_json::json!({ "text": text }));
        assert_eq!(payload(PayloadFormat::Json, &stored).unwrap(), stored);
    }
}
