const PLACE = 'qianqiao.bearer';

/** Inside another site's frame browsers keep no cookie for us; there the session is a bearer in this tab's storage. */
export const framed: boolean = window.top !== window.self;

export function bearer(): string | null {
  if (!framed) return null;
  try {
    return sessionStorage.getItem(PLACE);
  } catch {
    return held;
  }
}

// Where the browser refuses a framed page its storage, the session lasts until the page is left.
let held: string | null = null;

export function keepBearer(token: string | null): void {
  held = token;
  try {
    if (token === null) sessionStorage.removeItem(PLACE);
    else sessionStorage.setItem(PLACE, token);
  } catch {
    // `held` has it.
  }
}
