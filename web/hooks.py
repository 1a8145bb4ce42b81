"""The one table of what else is set up with the application: sign-in, limits, runtime frame."""

EXTENSIONS: tuple[str, ...] = (
    "web.metrics:init_app",
    "web.access:init_app",
    "web.rate_limit:init_app",
    "web.office_frame:init_app",
    "web.calendar_coverage:init_app",
    "web.compression:init_app",
)
"""`module:function` of each; called as `function(app, settings, runtime)` before the blueprints."""
