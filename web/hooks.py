"""The one table of what else is set up with the application: sign-in, limits, runtime frame."""

EXTENSIONS: tuple[str, ...] = ()
"""`module:function` of each; called as `function(app, settings, runtime)` before the blueprints."""
