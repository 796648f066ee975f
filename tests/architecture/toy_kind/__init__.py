"""A kind of case, whole in this folder: wards that more than one clinic claims. Only tests install it."""
