ALTER TABLE ivy_emails ADD COLUMN classification_reason TEXT;

-- What a digest reads: the mails that nobody has read, by the time they came in.
CREATE INDEX ivy_emails_unread ON ivy_emails (created_at) WHERE is_read = 0 AND is_draft = 0;
