/** The words of the gateway's API that the page speaks, and what no OpenAPI says. */

import type { Photo, PhotoTag, ProblemDetails, Reason, Refused, TagName } from "./schema.ts";

export type {
  Accepted,
  Chip,
  Count,
  Day,
  DayPage,
  Exif,
  GalleryStatus,
  Guess,
  Hit,
  Imported,
  NewSavedSearch,
  Photo,
  PhotoDetail,
  PhotoPage,
  PhotoTag,
  Reason,
  Refused,
  SavedSearch,
  SavedSearches,
  SearchAnswer,
  Sent,
  Swatch,
  TagCount,
  TagEdit,
  TagName,
  TwinPage,
  Twins,
  Uploaded,
  Why,
} from "./schema.ts";

export type Kind = TagName["kind"];
export type Stage = Photo["stage"];
export type Status = Photo["status"];
export type Evidence = PhotoTag["evidence"];

/** What `/api/events` says of one photo. */
export interface Change {
  id: string;
  status: Status;
  stage: Stage;
  generation: number;
  reason: Reason | null;
}

/** RFC 9457, with our stable `code`; of an upload, with what was refused. */
export interface Problem extends Omit<ProblemDetails, "type"> {
  errors?: Refused[];
}
