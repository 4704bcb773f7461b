/** The words of the gateway's API, as `services/common/api.py` has them. */

export type Kind = "label" | "mood" | "composition" | "user";
export type Stage = "uploaded" | "tagged" | "embedded" | "searchable";
export type Status = "receiving" | "queued" | "ready" | "partial" | "failed" | "deleting" | "deleted";

export interface Swatch {
  hex: string;
  amount: number;
}

export interface Reason {
  code: string;
  text: string;
  next_try: string | null;
}

export interface Photo {
  id: string;
  status: Status;
  stage: Stage;
  generation: number;
  filename: string;
  width: number;
  height: number;
  taken_at: string | null;
  uploaded_at: string;
  thumbhash: string;
  palette: Swatch[];
  caption: string;
  reason: Reason | null;
  original: string;
  display: string;
  thumb: string;
}

export interface Why {
  tag: string;
  kind: string;
  source: string;
  confidence: number;
  likeness: number;
  share: number;
  /** What it adds to the photo's likeness. */
  points?: number;
  /** The query's words that it answers. */
  term?: string;
}

export interface Hit extends Photo {
  likeness: number;
  why: Why[];
}

export interface PhotoTag {
  kind: Kind;
  text: string;
  confidence: number;
  source: string;
  model: string;
  evidence: Record<string, unknown> | null;
}

export interface Exif {
  camera_make?: string | null;
  camera_model?: string | null;
  lens?: string | null;
  exposure_seconds?: number | null;
  f_number?: number | null;
  iso?: number | null;
  focal_length_mm?: number | null;
  taken_at?: string | null;
  latitude?: number | null;
  longitude?: number | null;
}

export interface PhotoDetail extends Photo {
  content_type: string;
  bytes: number;
  sha256: string;
  exif: Exif;
  tags: PhotoTag[];
  tagger: string;
  embedder: string;
  /** US dollars; a decimal travels as a string. */
  cost: string | number;
  attempts: number;
  local_only?: boolean;
  sent?: Sent[];
}

/** What of a photo left the house. */
export interface Sent {
  at: string;
  provider: string;
  model: string;
  purpose: string;
  width: number;
  height: number;
  bytes: number;
  cost: string | number;
}

export interface PhotoPage {
  photos: Photo[];
  cursor: string | null;
  total: number;
}

export interface Count {
  text: string;
  count: number;
}

/** One understood part of a query: its characters `[start, end)`. */
export interface Chip {
  start: number;
  end: number;
  text: string;
  kind: string;
  meaning: string;
  /** The same said with a field. */
  query: string;
  confidence: number;
  negated: boolean;
}

export interface SearchAnswer {
  query: string;
  photos: Hit[];
  facets: Record<string, Count[]>;
  cursor: string | null;
  total: number;
  /** False: there are at least `total`. */
  complete?: boolean;
  /** Photos below the cut. */
  weaker?: number;
  chips?: Chip[];
  did_you_mean?: string | null;
  /** False: the embedder is away, only words were compared. */
  meaning?: boolean;
}

export interface TagCount extends Count {
  kind: Kind;
}

export interface TagName {
  kind: Kind;
  text: string;
}

export interface TagEdit {
  add?: TagName[];
  remove?: TagName[];
}

export interface GalleryStatus {
  version: string;
  photos: Partial<Record<Status, number>>;
  queues: Record<string, { ready: number; consumers: number }> | null;
  oldest_unfinished_seconds: number | null;
  services?: Record<string, boolean>;
  providers?: { name: string; state: string; text: string }[];
  budgets?: { unit: string; spent: string | number; cap: string | number }[];
  /** What an operator should do, in sentences. */
  warnings?: string[];
}

export interface Accepted {
  filename: string;
  id: string;
  status: Status;
  duplicate: boolean;
  url: string;
}

export interface Refused {
  filename: string;
  code: string;
  message: string;
}

export interface UploadAnswer {
  photos: Accepted[];
  errors: Refused[];
}

/** What `/api/events` says of one photo. */
export interface Change {
  id: string;
  status: Status;
  stage: Stage;
  generation: number;
  reason: Reason | null;
}

/** RFC 9457, with our stable `code`. */
export interface Problem {
  title: string;
  status: number;
  detail: string;
  code: string;
  errors?: Refused[];
}
