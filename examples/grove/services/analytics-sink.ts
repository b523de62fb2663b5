/** Takes the figures of a day that is over. */
export default {
  fetch: () => new Response("There is nothing here.", { status: 404 }),
} satisfies ExportedHandler;
