/** Keeps the files that still have to be sent on disk (IndexedDB), so that a reload loses none. */

export interface Kept {
  key: number;
  file: File;
  localOnly: boolean;
}

interface Row {
  tab: string;
  file: File;
  /** Rows that an older page left have none. */
  localOnly?: boolean;
}

const NAME = "imgcap";
const STORE = "uploads";
/** Keeping copies what is to be sent: beyond this a reload asks the person to choose again. */
const MOST_BYTES = 1_500_000_000;

const tab = tabName();
let opening: Promise<IDBDatabase> | null = null;
let bytes = 0;

/** The key of the kept file, or null where the browser would not keep it. */
export async function keep(file: File, localOnly: boolean): Promise<number | null> {
  if (bytes + file.size > MOST_BYTES) return null;
  bytes += file.size;
  try {
    return (await done((await open("readwrite")).add({ tab, file, localOnly } satisfies Row))) as number;
  } catch {
    bytes -= file.size;
    return null;
  }
}

export async function forget(kept: Pick<Kept, "key" | "file">): Promise<void> {
  bytes -= kept.file.size;
  try {
    await done((await open("readwrite")).delete(kept.key));
  } catch {
    // What cannot be forgotten is sent again after a reload, and is a duplicate then.
  }
}

/** What this tab left unsent before it was reloaded, and what tabs left that are closed now. */
export async function leftOver(): Promise<Kept[]> {
  try {
    const alive = await aliveTabs();
    const store = await open("readonly");
    const [rows, keys] = await Promise.all([done<Row[]>(store.getAll()), done<IDBValidKey[]>(store.getAllKeys())]);
    const kept = rows
      .map((row, index) => ({ ...row, key: keys[index] as number }))
      .filter((row) => row.tab === tab || (alive && !alive.has(row.tab)));
    for (const { file } of kept) bytes += file.size;
    return kept.map(({ key, file, localOnly = false }) => ({ key, file, localOnly }));
  } catch {
    return [];
  }
}

/** A tab holds a lock of its own name while it lives; null where the browser has no locks. */
async function aliveTabs(): Promise<Set<string> | null> {
  // Locks exist on https and localhost only.
  const locks = navigator.locks as LockManager | undefined;
  if (!locks) return null;
  const { held } = await locks.query();
  void locks.request(`${NAME} ${tab}`, () => new Promise(() => undefined));
  return new Set(held?.map((lock) => lock.name?.slice(NAME.length + 1) ?? ""));
}

function tabName(): string {
  const fresh = Math.random().toString(36).slice(2);
  try {
    const name = sessionStorage.getItem("tab") ?? fresh;
    sessionStorage.setItem("tab", name);
    return name;
  } catch {
    return fresh;
  }
}

async function open(mode: IDBTransactionMode): Promise<IDBObjectStore> {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE, { autoIncrement: true });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("no store"));
  });
  return (await opening).transaction(STORE, mode).objectStore(STORE);
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("not done"));
  });
}
