//! The numbered Qianwen accounts and the models pinned to them.

use std::collections::BTreeMap;

use super::environment::Environment;
use super::problem::Problems;
use super::secret::Secret;

const PREFIX: &str = "CN_ACCOUNT_";
const COOKIE: &str = "_COOKIE";
const TOKEN: &str = "_XSRF_TOKEN";

/// What `.env.example` and the well-known tutorials print where a cookie belongs. Such a text means "not set".
const PLACEHOLDERS: [&str; 8] = [
    "在这里粘贴你的Cookie",
    "在这里粘贴你的XSRF-Token",
    "在此处粘贴您的Cookie",
    "您账号1的Cookie值",
    "您账号1的Token值",
    "您账号2的Cookie值",
    "您账号2的Token值",
    "paste-your-cookie-here",
];

/// One Qianwen account as the environment names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CnAccount {
    /// The `<n>` of `CN_ACCOUNT_<n>_COOKIE`.
    pub number: u32,
    /// The whole `Cookie` header of the site, as pasted.
    pub cookie: Secret<String>,
    /// The `x-xsrf-token` header, if the owner gave one.
    pub xsrf_token: Option<Secret<String>>,
}

/// Collects `CN_ACCOUNT_<n>_COOKIE` for any n ≥ 1; gaps are allowed.
pub fn cn_accounts(env: &Environment, problems: &mut Problems) -> Vec<CnAccount> {
    let mut found: BTreeMap<u32, CnAccount> = BTreeMap::new();
    for (name, value) in env.iter() {
        let Some(rest) = name.strip_prefix(PREFIX) else { continue };
        let Some(number) = rest.strip_suffix(COOKIE).or_else(|| rest.strip_suffix(TOKEN)) else { continue };
        let Some(number) = number.parse().ok().filter(|n| *n >= 1) else {
            problems.add(name, "the part after CN_ACCOUNT_ is not a number from 1", "number the accounts 1, 2, 3 …");
            continue;
        };
        if rest.ends_with(COOKIE) && !is_placeholder(value) && is_header_value(name, value, problems) {
            let cookie = Secret::new(value.to_owned());
            let xsrf_token = xsrf_token(env, number, problems);
            found.insert(number, CnAccount { number, cookie, xsrf_token });
        }
    }
    drop_twins(found.into_values().collect(), problems)
}

fn xsrf_token(env: &Environment, number: u32, problems: &mut Problems) -> Option<Secret<String>> {
    let name = format!("{PREFIX}{number}{TOKEN}");
    let value = env.get(&name).filter(|value| !is_placeholder(value))?;
    is_header_value(&name, value, problems).then(|| Secret::new(value.to_owned()))
}

/// The old tutorial tells owners of one account to paste it twice; that is one account, not two.
fn drop_twins(accounts: Vec<CnAccount>, problems: &mut Problems) -> Vec<CnAccount> {
    let mut kept: Vec<CnAccount> = Vec::with_capacity(accounts.len());
    for account in accounts {
        match kept.iter().find(|k| k.cookie == account.cookie) {
            Some(twin) => problems.warn(format!(
                "CN_ACCOUNT_{}_COOKIE is the same as CN_ACCOUNT_{}_COOKIE; it counts once",
                account.number, twin.number
            )),
            None => kept.push(account),
        }
    }
    kept
}

/// Reads `MODEL_TO_ACCOUNT_MAP`: a JSON object of model name → account number.
pub fn pins(env: &Environment, accounts: &[CnAccount], problems: &mut Problems) -> BTreeMap<String, u32> {
    const NAME: &str = "MODEL_TO_ACCOUNT_MAP";
    const MEND: &str = "write a JSON object such as {\"qwen-max\": 2}";
    let Some(text) = env.get(NAME) else { return BTreeMap::new() };
    let parsed: BTreeMap<String, serde_json::Value> = match serde_json::from_str(text) {
        Ok(parsed) => parsed,
        Err(e) => {
            problems.add(NAME, format!("it is not a JSON object (column {})", e.column()), MEND);
            return BTreeMap::new();
        }
    };
    let mut pins = BTreeMap::new();
    for (model, value) in parsed {
        if model.eq_ignore_ascii_case("auto") {
            problems.add(NAME, "it pins `auto`, which stands for whatever works", "pin the models by their names");
            continue;
        }
        let number = value.as_u64().or_else(|| value.as_str().and_then(|s| s.trim().parse().ok()));
        match number.and_then(|n| u32::try_from(n).ok()) {
            Some(number) if accounts.iter().any(|a| a.number == number) => {
                pins.insert(model, number);
            }
            Some(number) => problems.add(
                NAME,
                format!("it pins `{model}` to account {number}, which is not set"),
                format!("set CN_ACCOUNT_{number}_COOKIE or take the model out of the map"),
            ),
            None => problems.add(NAME, format!("the value of `{model}` is not an account number"), MEND),
        }
    }
    pins
}

pub(super) fn is_placeholder(value: &str) -> bool {
    let bare = |text: &str| text.replace([' ', '…', '.'], "").to_lowercase();
    let value = bare(value);
    PLACEHOLDERS.iter().any(|placeholder| bare(placeholder) == value)
}

/// A cookie travels in one header line, so control characters would break (or forge) the request.
fn is_header_value(name: &str, value: &str, problems: &mut Problems) -> bool {
    let fine = !value.chars().any(char::is_control);
    if !fine {
        problems.add(name, "it holds control characters or a line break", "copy the header's value again, on one line");
    }
    fine
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(pairs: &[(&str, &str)]) -> Environment {
        Environment::layered(pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())), [])
    }

    #[test]
    fn accounts_may_have_gaps_and_twins_count_once() {
        let env = env(&[
            ("CN_ACCOUNT_7_COOKIE", "a=1"),
            ("CN_ACCOUNT_2_COOKIE", "b=2"),
            ("CN_ACCOUNT_2_XSRF_TOKEN", "t"),
            ("CN_ACCOUNT_9_COOKIE", "a=1"),
            ("CN_ACCOUNT_3_COOKIE", "在这里粘贴你的Cookie"),
        ]);
        let mut problems = Problems::default();
        let accounts = cn_accounts(&env, &mut problems);
        assert!(problems.is_empty());
        assert_eq!(accounts.iter().map(|a| a.number).collect::<Vec<_>>(), [2, 7]);
        assert_eq!(accounts[0].xsrf_token.as_ref().map(|t| t.expose().as_str()), Some("t"));
    }

    #[test]
    fn a_broken_map_names_each_entry() {
        let accounts = [CnAccount { number: 1, cookie: Secret::new("a".into()), xsrf_token: None }];
        for (text, part) in [
            ("{", "not a JSON object"),
            ("[]", "not a JSON object"),
            (r#"{"m": 5}"#, "account 5, which is not set"),
            (r#"{"m": true}"#, "`m` is not an account number"),
            (r#"{"auto": 1}"#, "pins `auto`"),
        ] {
            let mut problems = Problems::default();
            pins(&env(&[("MODEL_TO_ACCOUNT_MAP", text)]), &accounts, &mut problems);
            assert!(problems.to_string().contains(part), "{text}: {problems}");
        }
        let mut problems = Problems::default();
        let good = pins(&env(&[("MODEL_TO_ACCOUNT_MAP", r#"'{"m": 1, "n": "1"}'"#)]), &accounts, &mut problems);
        assert_eq!((good.len(), problems.is_empty()), (2, true));
    }

    #[test]
    fn control_characters_are_refused_without_being_shown() {
        let mut problems = Problems::default();
        let accounts = cn_accounts(&env(&[("CN_ACCOUNT_1_COOKIE", "a=se\u{7}cret")]), &mut problems);
        assert!(accounts.is_empty());
        let text = problems.to_string();
        assert!(text.contains("CN_ACCOUNT_1_COOKIE") && !text.contains("cret"), "{text}");
    }
}
