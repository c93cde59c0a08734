//! A key as it is kept.

use std::sync::Arc;

use super::api_key::{ApiKey, Hash};
use super::meter::{Kept, Meter};
use crate::accounts::clock::{Clock, Millis};
use crate::store::{KeyRecord, KeyUseRecord};

impl ApiKey {
    /// What is kept of it; not its secret.
    pub(super) fn record(&self) -> KeyRecord {
        KeyRecord {
            id: self.id.clone(),
            name: self.name.clone(),
            hash: self.hash.as_ref().map_or_else(String::new, to_hex),
            hint: self.hint.clone(),
            models: serde_json::to_string(&self.models).unwrap_or_default(),
            limits: serde_json::to_string(&self.limits).unwrap_or_default(),
            expires_ms: self.expires.map(signed),
            enabled: self.enabled,
            created_ms: signed(self.created),
            revoked_ms: self.revoked.map(signed),
        }
    }

    /// The key that was kept. One whose lists cannot be read must not be let through without them: it is taken for one
    /// that was taken back, and its name goes to `warnings`.
    pub(super) fn kept(
        record: KeyRecord,
        used: Option<&KeyUseRecord>,
        clock: &Arc<Clock>,
        warnings: &mut Vec<String>,
    ) -> Self {
        let (models, limits) = (serde_json::from_str(&record.models), serde_json::from_str(&record.limits));
        let readable = models.is_ok() && limits.is_ok();
        if !readable {
            let name = &record.name;
            warnings.push(format!("the key `{name}` was changed or torn, so it is not accepted; make another"));
        }
        let (models, limits) = (models.unwrap_or_default(), limits.unwrap_or_default());
        let created = unsigned(record.created_ms);
        let revoked = record.revoked_ms.map(unsigned).or_else(|| (!readable).then_some(created));
        let kept = used.map(|used| Kept {
            day: unsigned(used.day),
            requests: unsigned(used.requests),
            tokens: unsigned(used.tokens),
            last: unsigned(used.last_ms),
        });
        Self {
            id: record.id,
            name: record.name,
            hint: record.hint,
            models,
            limits,
            expires: record.expires_ms.map(unsigned),
            enabled: record.enabled,
            created,
            revoked,
            hash: from_hex(&record.hash).filter(|_| revoked.is_none()),
            meter: Arc::new(Meter::new(limits, record.enabled && revoked.is_none(), kept)),
            clock: Arc::clone(clock),
        }
    }
}

/// What is kept of the use of the key with this id.
pub fn use_record(id: &str, kept: &Kept) -> KeyUseRecord {
    KeyUseRecord {
        key: id.to_owned(),
        day: signed(kept.day),
        requests: signed(kept.requests),
        tokens: signed(kept.tokens),
        last_ms: signed(kept.last),
    }
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> Millis {
    u64::try_from(number).unwrap_or_default()
}

fn to_hex(hash: &Hash) -> String {
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<Hash> {
    let bytes = (0..32).map(|n| u8::from_str_radix(text.get(n * 2..n * 2 + 2)?, 16).ok());
    let bytes: Option<Vec<u8>> = bytes.collect();
    bytes.filter(|_| text.len() == 64)?.try_into().ok()
}
