"""Says what is in a photo: photo.uploaded -> photo.tagged."""
