"""How well search finds: described photos, graded queries, and three other ways beside ours."""
