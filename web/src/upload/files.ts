/** Finds the files in what was dropped, pasted or chosen, folders included. */

const HIDDEN = /^\.|^Thumbs\.db$|^desktop\.ini$/i;

/** Must be called at once in the drop event: the browser forgets the items afterwards. */
export async function filesOf(transfer: DataTransfer): Promise<File[]> {
  const entries = [...transfer.items]
    .filter((item) => item.kind === "file")
    .map((item) => ({ entry: item.webkitGetAsEntry?.() ?? null, file: item.getAsFile() }));
  const found = await Promise.all(
    entries.map(({ entry, file }) => (entry?.isDirectory ? walk(entry) : file ? [file] : [])),
  );
  return wanted(found.flat());
}

/** Folders hold files that no person put there: those are passed over. */
export function wanted(files: File[]): File[] {
  return files.filter((file) => !HIDDEN.test(file.name));
}

async function walk(entry: FileSystemEntry): Promise<File[]> {
  if (entry.isFile) {
    const file = await new Promise<File | null>((resolve) =>
      (entry as FileSystemFileEntry).file(resolve, () => resolve(null)),
    );
    return file ? [file] : [];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const files: File[] = [];
  // A reader gives a hundred entries at a time, and an empty list at the end.
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (entries.length === 0) return files;
    for (const inner of entries) files.push(...(await walk(inner)));
  }
}

export function carriesFiles(transfer: DataTransfer | null): boolean {
  return transfer?.types.includes("Files") ?? false;
}
