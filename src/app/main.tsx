import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { startSession } from "./study/state/session.ts";
import "./theme/page.css";
import { connectWorker } from "./worker/connect.ts";

const services = startSession(connectWorker, {
  read: () => window.location.hash,
  write: (hash) => window.history.replaceState(null, "", hash),
  onChange: (listener) => window.addEventListener("hashchange", listener),
});

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <App services={services} />
  </StrictMode>,
);
