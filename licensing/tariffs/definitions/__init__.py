"""The tariffs that come with the product, one file a version."""
