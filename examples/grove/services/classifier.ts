/** Answers what a language model is asked. */
export default {
  fetch: () => new Response("There is nothing here.", { status: 404 }),
} satisfies ExportedHandler;
