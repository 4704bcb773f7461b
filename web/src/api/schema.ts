/** The gateway's words, by `python -m tests.docs` from its OpenAPI: do not edit. */

/** A photo that is safe with us. */
export interface Accepted {
  filename: string;
  id: string;
  status: "receiving" | "queued" | "ready" | "partial" | "failed" | "deleting" | "deleted";
  duplicate: boolean;
  url: string;
}

export interface AuditEntry {
  id: number;
  at: string;
  what: string;
  name: string;
  address: string;
  more: Record<string, unknown>;
}

export interface AuditPage {
  entries: AuditEntry[];
  cursor: number | null;
}

/** Photos that wait for a provider's answer at half the price. */
export interface Batches {
  waiting: number;
  sent: number;
  done: number;
  batches: number;
  until: string | null;
}

/** Dollars of this day or month (UTC), reservations included. */
export interface Budget {
  unit: string;
  spent: string;
  cap: string;
  until: string;
}

/** One understood part of a query: ``q[start:end]``, and the same said with a field. */
export interface Chip {
  start: number;
  end: number;
  text: string;
  kind: string;
  meaning: string;
  query: string;
  confidence: number;
  negated: boolean;
}

export interface Count {
  text: string;
  count: number;
}

/** ``cursor``: of the list of photos, newest first, from this day on back in time. */
export interface Day {
  day: string;
  count: number;
  cursor: string;
}

export interface DayPage {
  days: Day[];
}

/** A form to be posted to `url`: these fields, and then the bytes as `file`. */
export interface DirectUpload {
  id: string;
  url: string;
  fields: Record<string, string>;
  seconds: number;
}

/** What the camera wrote, cleaned; absent where it wrote nothing that makes sense. */
export interface Exif {
  camera_make: string | null;
  camera_model: string | null;
  lens: string | null;
  exposure_seconds: number | null;
  f_number: number | null;
  iso: number | null;
  focal_length_mm: number | null;
  taken_at: string | null;
  latitude: number | null;
  longitude: number | null;
}

/** Why photos failed: one code, what it says of one of them, and of how many it is true. */
export interface Failure {
  code: string;
  text: string;
  photos: number;
}

/** How the gallery is: photos by status, work that waits, and for how long. */
export interface GalleryStatus {
  version: string;
  photos: Record<"receiving" | "queued" | "ready" | "partial" | "failed" | "deleting" | "deleted", number>;
  queues: Record<string, QueueDepth> | null;
  oldest_unfinished_seconds: number | null;
  per_minute: number;
  backlog_seconds: number | null;
  failures: Failure[];
  versions: Record<string, string>;
  tags: number;
  spent: string;
  services: Record<string, boolean>;
  providers: ProviderHealth[];
  budgets: Budget[];
  batches: Batches | null;
  warnings: string[];
}

/** A word that is too doubtful to be told of a photo, and how likely it is (0..1). */
export interface Guess {
  kind: "label" | "mood" | "composition" | "user";
  text: string;
  confidence: number;
}

/** A photo that matches, and why. */
export interface Hit {
  id: string;
  status: "receiving" | "queued" | "ready" | "partial" | "failed" | "deleting" | "deleted";
  stage: "uploaded" | "tagged" | "embedded" | "searchable";
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
  likeness: number;
  why: Why[];
}

/** What holds for everybody. */
export interface House {
  open_gallery: boolean;
  guests_take: boolean;
}

/** What an import of keywords did: photos found, tags added, names that fit no photo, and files (or words, where they are too long) that were left out, each with why. */
export interface Imported {
  photos: number;
  tags: number;
  unknown: string[];
  refused: Record<string, unknown>[];
}

export interface Invite {
  role: "member" | "guest";
}

export interface Invited {
  link: string;
  role: "nobody" | "guest" | "member" | "owner";
  expires_at: string;
}

/** Of some photos that look the same, keep one. */
export interface Keep {
  keep: string;
  remove: string[];
}

export interface Key {
  id: string;
  name: string;
  scopes: ("read" | "upload" | "edit" | "admin")[];
  created_at: string;
  expires_at: string | null;
  used_at: string | null;
}

export interface Keys {
  keys: Key[];
}

export interface Login {
  name: string;
  password: string;
}

export interface MadeKey {
  id: string;
  name: string;
  scopes: ("read" | "upload" | "edit" | "admin")[];
  created_at: string;
  expires_at: string | null;
  used_at: string | null;
  key: string;
}

export interface MadeShare {
  id: string;
  kind: "photo" | "search" | "selection";
  title: string;
  query: string;
  photos: string[];
  locked: boolean;
  facts: boolean;
  originals: boolean;
  created_at: string;
  expires_at: string;
  opened_at: string | null;
  link: string;
}

/** Who asks, and what they may; for the page. */
export interface Me {
  role: "nobody" | "guest" | "member" | "owner";
  name: string;
  accounts: boolean;
  originals: boolean;
  direct: boolean;
  needs_owner: boolean;
  oidc: boolean;
}

/** ``token``: of the link that invites. */
export interface NewAccount {
  token: string;
  name: string;
  password: string;
}

export interface NewKey {
  name: string;
  scopes: ("read" | "upload" | "edit" | "admin")[];
  expires_at?: string | null;
}

export interface NewSavedSearch {
  name: string;
  query: string;
  strictness?: number;
}

/** What a link shows: one photo, some photos, or whatever a search finds. */
export interface NewShare {
  kind: "photo" | "search" | "selection";
  photos?: string[];
  query?: string;
  strictness?: number;
  title?: string;
  password?: string | null;
  facts?: boolean;
  originals?: boolean;
  days?: number;
}

export interface People {
  people: Person[];
}

export interface Person {
  id: string;
  name: string;
  role: "nobody" | "guest" | "member" | "owner";
  created_at: string;
  seen_at: string | null;
}

/** A photo as the grid shows it. */
export interface Photo {
  id: string;
  status: "receiving" | "queued" | "ready" | "partial" | "failed" | "deleting" | "deleted";
  stage: "uploaded" | "tagged" | "embedded" | "searchable";
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

/** Everything known of a photo. */
export interface PhotoDetail {
  id: string;
  status: "receiving" | "queued" | "ready" | "partial" | "failed" | "deleting" | "deleted";
  stage: "uploaded" | "tagged" | "embedded" | "searchable";
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
  content_type: string;
  bytes: number;
  sha256: string;
  exif: Exif;
  tags: PhotoTag[];
  guesses: Guess[];
  tagger: string;
  embedder: string;
  cost: string;
  attempts: number;
  local_only: boolean;
  sent: Sent[];
}

export interface PhotoPage {
  photos: Photo[];
  cursor: string | null;
  total: number;
}

/** A tag of a photo: who says so, how surely (0..1), and the geometry that shows why. */
export interface PhotoTag {
  kind: "label" | "mood" | "composition" | "user";
  text: string;
  confidence: number;
  source: string;
  model: string;
  evidence: Record<string, unknown> | null;
}

/** RFC 9457, with a ``code`` that programs may rely on. */
export interface ProblemDetails {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: string;
  position: number | null;
}

/** ``state``: well, down (time heals it) or paused (a person must do what ``text`` says). */
export interface ProviderHealth {
  name: string;
  state: string;
  code: string;
  text: string;
  model: string;
  ends: string | null;
  since: string;
}

export interface QueueDepth {
  ready: number;
  consumers: number;
}

/** What so many photos would cost with the providers that are set. */
export interface Quote {
  photos: number;
  total: string;
  lines: QuoteLine[];
  prices_of: string;
  fits: boolean;
  text: string;
}

/** ``measured``: what it has really cost lately; else by the price table. */
export interface QuoteLine {
  what: string;
  provider: string;
  model: string;
  each: string;
  total: string;
  measured: boolean;
}

/** Why a photo is not ready, and when it is tried again. */
export interface Reason {
  code: string;
  text: string;
  next_try: string | null;
}

/** A photo that is not, and why. */
export interface Refused {
  filename: string;
  code: string;
  message: string;
}

/** ``left``: more than fits into one request; ask again with ``before`` and ``together``. */
export interface Retagged {
  retried: number;
  left: number;
  before: string;
  together: number;
}

export interface Retried {
  retried: number;
}

export interface RoleChange {
  role: "member" | "guest" | "owner";
}

/** A question worth keeping. ``link`` opens it in the page of whoever may see the photos. */
export interface SavedSearch {
  name: string;
  query: string;
  strictness: number;
  id: string;
  link: string;
  created_at: string;
  looked_at: string;
  total: number | null;
  new: number | null;
}

export interface SavedSearches {
  searches: SavedSearch[];
}

export interface SearchAnswer {
  query: string;
  photos: Hit[];
  facets: Record<string, Count[]>;
  cursor: string | null;
  total: number;
  complete: boolean;
  weaker: number;
  strictness: number;
  chips: Chip[];
  did_you_mean: string | null;
  meaning: boolean;
}

/** What of a photo left the house: when, to whom, how much, and what that cost. */
export interface Sent {
  at: string;
  provider: string;
  model: string;
  prompt: string;
  purpose: string;
  width: number;
  height: number;
  bytes: number;
  words: number;
  outcome: string;
  cost: string;
}

export interface Session {
  id: string;
  agent: string;
  created_at: string;
  seen_at: string;
  expires_at: string;
  this: boolean;
}

export interface Sessions {
  sessions: Session[];
}

export interface Share {
  id: string;
  kind: "photo" | "search" | "selection";
  title: string;
  query: string;
  photos: string[];
  locked: boolean;
  facts: boolean;
  originals: boolean;
  created_at: string;
  expires_at: string;
  opened_at: string | null;
}

/** All that a link tells of a photo; the last four only where its maker said so. */
export interface SharedPhoto {
  id: string;
  width: number;
  height: number;
  thumbhash: string;
  palette: Swatch[];
  caption: string;
  thumb: string;
  display: string;
  original: string | null;
  filename: string | null;
  taken_at: string | null;
}

/** What a link shows. ``locked``: say the password first. */
export interface SharedView {
  title: string;
  locked: boolean;
  originals: boolean;
  photos: SharedPhoto[];
}

export interface Shares {
  shares: Share[];
}

export interface Spend {
  days: SpendDay[];
  budgets: Budget[];
}

export interface SpendDay {
  day: string;
  provider: string;
  model: string;
  calls: number;
  answered: number;
  bytes: number;
  cost: string;
}

/** One colour of a photo: sRGB as ``#rrggbb``, CIE L*a*b* (D65), share of the pixels 0..1. */
export interface Swatch {
  hex: string;
  amount: number;
  lab: [number, number, number];
}

export interface TagCount {
  text: string;
  count: number;
  kind: "label" | "mood" | "composition" | "user";
  by: "prefix" | "typo" | "meaning";
}

/** What a person says of a photo wins over every model, for ever. */
export interface TagEdit {
  add?: TagName[];
  remove?: TagName[];
}

export interface TagName {
  kind: "label" | "mood" | "composition" | "user";
  text: string;
}

export interface TagPage {
  tags: TagCount[];
}

export interface TwinPage {
  groups: Twins[];
  total: number;
}

/** Photos that look the same, the best first: ``why`` says what makes it the best. */
export interface Twins {
  photos: Photo[];
  best: string;
  why: string;
}

export interface Unlock {
  password: string;
}

export interface Uploaded {
  photos: Accepted[];
  errors: Refused[];
}

/** One reason for a hit. The shares of a hit's reasons sum to 1. */
export interface Why {
  tag: string;
  kind: string;
  source: string;
  confidence: number;
  guess: boolean;
  likeness: number;
  share: number;
  points: number;
  term: string;
}
