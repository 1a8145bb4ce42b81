"""What forms and addresses may carry: one marshmallow schema a form."""
