//! Accounts as the store keeps them.

use super::clock::Millis;
use super::{Account, Limits, Origin};
use crate::store::AccountRecord;

impl Account {
    /// The account as it is kept.
    pub fn record(&self) -> AccountRecord {
        AccountRecord {
            id: self.id.clone(),
            provider: self.provider.clone(),
            number: self.number,
            name: self.name.clone(),
            origin: self.origin.name().to_owned(),
            fingerprint: self.fingerprint.clone(),
            identity: self.identity.clone(),
            credential: self.credential.clone(),
            version: self.version,
            enabled: self.enabled,
            limits: serde_json::to_string(&self.limits).unwrap_or_default(),
            gone: false,
            created_ms: signed(self.created),
            changed_ms: signed(self.changed),
        }
    }

    /// The account that was kept.
    pub fn kept(record: AccountRecord) -> Self {
        Self {
            limits: serde_json::from_str::<Limits>(&record.limits).unwrap_or_default(),
            id: record.id,
            provider: record.provider,
            number: record.number,
            name: record.name,
            origin: Origin::named(&record.origin),
            fingerprint: record.fingerprint,
            identity: record.identity,
            credential: record.credential,
            version: record.version,
            sign_in: 0,
            enabled: record.enabled,
            created: Millis::try_from(record.created_ms).unwrap_or_default(),
            changed: Millis::try_from(record.changed_ms).unwrap_or_default(),
        }
    }
}

/// A time as the store keeps it.
pub fn signed(at: Millis) -> i64 {
    i64::try_from(at).unwrap_or(i64::MAX)
}
