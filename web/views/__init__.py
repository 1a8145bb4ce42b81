"""The one table of blueprints: `create_app` registers each, in this order."""

BLUEPRINTS: tuple[str, ...] = (
    "web.views.public:bp",
    "web.views.services:bp",
    "web.views.tracking:bp",
    "web.views.permits:bp",
    "web.views.sign_in:bp",
    "web.views.health:bp",
    "web.views.counter:bp",
    "web.views.inbox:bp",
    "web.views.applications:bp",
    "web.views.actions:bp",
    "web.views.supervision:bp",
    "web.views.letters:bp",
    "web.views.preferences:bp",
    "web.views.gaya:bp",
)
"""`module:attribute` of every blueprint; a new screen is one line here."""
