// The public pages can be installed, and say honestly when there is no connection.
"use strict";

navigator.serviceWorker?.register("/sw.js", { scope: "/" }).catch(() => {});
