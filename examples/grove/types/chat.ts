export interface ChatImage {
  readonly url: string;
  readonly width: number;
  readonly height: number;
  readonly alt?: string;
}

export interface ChatMessage {
  readonly id: string;
  readonly conversation_id: string;
  readonly sender_id: string;
  readonly content: string;
  readonly content_type: "text" | "image";
  /** Of an image; null for a text, and once it is retracted. */
  readonly metadata: ChatImage | null;
  /** ISO, as all times of a chat. */
  readonly created_at: string;
  readonly retracted_at: string | null;
}

/** What a chat's sockets are told. */
export type ChatFrame =
  | { readonly type: "message"; readonly message: ChatMessage }
  | {
      readonly type: "message:ack";
      readonly message_id: string;
      readonly created_at: string;
      /** As the client sent it. */
      readonly client_id?: string;
    }
  | { readonly type: "typing"; readonly conversation_id: string; readonly sender_id: string }
  | {
      readonly type: "read";
      readonly conversation_id: string;
      readonly tenant_id: string;
      readonly last_read_message_id: string;
    }
  | { readonly type: "error"; readonly code: string; readonly message: string };
