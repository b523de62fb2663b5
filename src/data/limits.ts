/** What a row may hold, its key included: 2 MB in production. The local runtime takes more, so Loom counts. */
export const maxRowBytes = 2 * 1024 * 1024 - 2048;
