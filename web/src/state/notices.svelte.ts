/** Short words to the person: notices that pass, one question at a time, and work that blocks. */

export interface Notice {
  key: number;
  text: string;
  tone: "plain" | "bad";
  act?: Act;
}

/** What the person can still do about it. */
export interface Act {
  label: string;
  run(): void;
}

export interface Question {
  title: string;
  text: string;
  yes: string;
  answer(yes: boolean): void;
}

/** As long as there is time to undo. */
const SHOWN_MS = 8_000;
let count = 0;

class Notices {
  list = $state.raw<Notice[]>([]);
  question = $state.raw<Question | null>(null);
  /** What is being done right now, and may not be interrupted. */
  blocking = $state("");

  say(text: string, tone: Notice["tone"] = "plain", act?: Act): void {
    const notice: Notice = { key: ++count, text, tone, ...(act ? { act } : {}) };
    this.list = [...this.list.slice(-3), notice];
    window.setTimeout(() => this.dismiss(notice.key), SHOWN_MS);
  }

  dismiss(key: number): void {
    this.list = this.list.filter((notice) => notice.key !== key);
  }

  ask(question: Omit<Question, "answer">): Promise<boolean> {
    this.question?.answer(false);
    return new Promise((resolve) => {
      this.question = {
        ...question,
        answer: (yes) => {
          this.question = null;
          resolve(yes);
        },
      };
    });
  }

  /** Blocks the page with `text` until `work` is over. */
  async block<T>(text: string, work: () => Promise<T>): Promise<T> {
    this.blocking = text;
    try {
      return await work();
    } finally {
      this.blocking = "";
    }
  }
}

export const notices = new Notices();
