"""Why a photo is not taken: a stable code for programs, a sentence for people."""

from services.gateway.pixels.cost import Cost

SENTENCES = {
    "empty": "The file is empty.",
    "unsupported-type": "This is not a JPEG, PNG, WebP, GIF, AVIF, HEIC or TIFF photo.",
    "undecodable": "The photo is damaged or cut short and cannot be read.",
    "too-many-pixels": "The photo has too many pixels.",
    "too-long-side": "The photo is too long or too tall.",
    "out-of-memory": "The photo needs more memory than one photo may have.",
    "timeout": "The photo takes longer to read than one photo may take.",
}


class Refusal(Exception):
    """The file is at fault: sending the same bytes again cannot help."""

    cost: Cost | None = None  # None when the child ended, or was never asked

    def __init__(self, code: str, message: str = "") -> None:
        self.code = code
        self.message = message or SENTENCES[code]
        super().__init__(self.message)
