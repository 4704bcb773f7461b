/** Who looks at this page, asked once before anything is shown. */

export type Role = "nobody" | "guest" | "member" | "owner";

export interface Me {
  role: Role;
  name: string;
  accounts: boolean;
  originals: boolean;
  /** Photos are sent to the store itself. */
  direct: boolean;
  needs_owner: boolean;
  oidc: boolean;
}

const EVERYBODY: Me = { role: "owner", name: "", accounts: false, originals: true, direct: false, needs_owner: false, oidc: false };

class Known {
  is = $state.raw<Me>(EVERYBODY);

  /** Whether what changes something is any use to them. */
  get edits(): boolean {
    return this.is.role === "member" || this.is.role === "owner";
  }

  /** A gateway that cannot say is asked again by whatever the page does next. */
  async ask(): Promise<Me> {
    try {
      const answer = await fetch("/api/me", { signal: AbortSignal.timeout(5000) });
      if (answer.ok) this.is = (await answer.json()) as Me;
    } catch {
      this.is = EVERYBODY;
    }
    return this.is;
  }
}

export const me = new Known();
