/** The address without a slash or `/v1` at its end; null if it is none. */
export function rootOf(address: string): string | null {
  try {
    const { protocol, origin, pathname } = new URL(address.trim());
    if (protocol !== 'http:' && protocol !== 'https:') return null;
    return origin + pathname.replace(/\/+$/, '').replace(/\/v1$/, '');
  } catch {
    return null;
  }
}

/** `local`: only this computer reaches it; `space`: in a Hugging Face Space; `plain`: over the network without TLS. */
export type Whereabouts = 'local' | 'space' | 'plain' | 'web';

export function whereabouts(address: string): Whereabouts {
  const root = rootOf(address);
  if (root === null) return 'web';
  const { hostname, protocol } = new URL(root);
  if (hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')) return 'local';
  if (hostname.endsWith('.hf.space')) return 'space';
  return protocol === 'http:' ? 'plain' : 'web';
}
