import * as Y from "yjs";
import { bindText } from "./bind-text.ts";
import { connect } from "./connect.ts";

const doc = new Y.Doc();
const status = document.querySelector("output")!;
const id = new URLSearchParams(location.search).get("text") ?? "welcome";
const url = new URL(`/texts/${encodeURIComponent(id)}/edit`, location.href.replace(/^http/, "ws"));

bindText(document.querySelector("textarea")!, doc.getText("text"));
connect(doc, url, (isOnline) => {
  status.value = isOnline ? "online" : "offline";
});
