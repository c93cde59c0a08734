//! Fills in configuration templates, so that nothing else has to read `.env`.

use crate::config::Settings;

/// Reads the template `file` and replaces each `${NAME}` by the setting, or by the value given as `NAME=VALUE`.
///
/// # Errors
/// If the file cannot be read, or holds a name that nobody knows.
pub fn render(settings: &Settings, file: &str, values: &[&str]) -> Result<String, String> {
    let template = std::fs::read_to_string(file).map_err(|error| format!("{file} cannot be read ({error})"))?;
    fill(&template, |name| {
        let given = values.iter().find_map(|pair| pair.split_once('=').filter(|(key, _)| *key == name));
        given.map(|(_, value)| value.to_owned()).or_else(|| setting(settings, name))
    })
    .map_err(|name| format!("{file}: nobody knows ${{{name}}}"))
}

/// Replaces `${NAME}`, where NAME is in capitals. nginx's own `$name` and `${name}` stay.
fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> Result<String, String> {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("${") {
        text.push_str(before);
        match after.split_once('}') {
            Some((name, tail)) if is_name(name) => {
                text.push_str(&value(name).ok_or_else(|| name.to_owned())?);
                rest = tail;
            }
            _ => {
                text.push_str("${");
                rest = after;
            }
        }
    }
    text.push_str(rest);
    Ok(text)
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
}

fn setting(settings: &Settings, name: &str) -> Option<String> {
    let limits = &settings.limits;
    let value = match name {
        "LISTEN_PORT" => settings.listen_port.into(),
        "APP_PORT" => settings.app_port.into(),
        "MAX_BODY_MB" => limits.body_mb,
        "MAX_CONCURRENT" => limits.concurrent,
        "FIRST_TOKEN_TIMEOUT_S" => limits.first_token.as_secs(),
        "IDLE_TIMEOUT_S" => limits.idle.as_secs(),
        "TOTAL_TIMEOUT_S" => limits.total.as_secs(),
        "HEARTBEAT_S" => limits.heartbeat.as_secs(),
        "DRAIN_S" => limits.drain.as_secs(),
        _ => return None,
    };
    Some(value.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_in_capitals_are_replaced_and_unknown_ones_are_told() {
        let value = |name: &str| (name == "PORT").then(|| "8082".to_owned());
        assert_eq!(
            fill("listen ${PORT}; $host ${uri} $${PORT}{", value).as_deref(),
            Ok("listen 8082; $host ${uri} $8082{")
        );
        assert_eq!(fill("${NOPE}", value), Err("NOPE".to_owned()));
    }
}
