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
    "web.views.bank:bp",
    "web.views.letters:bp",
    "web.views.fees:bp",
    "web.views.bills:bp",
    "web.views.admin:bp",
    "web.views.admin_accounts:bp",
    "web.views.admin_calendar:bp",
    "web.views.admin_deputies:bp",
    "web.views.admin_prices:bp",
    "web.views.admin_sops:bp",
    "web.views.visits:bp",
    "web.views.preferences:bp",
    "web.views.gaya:bp",
)
"""`module:attribute` of every blueprint; a new screen is one line here."""
