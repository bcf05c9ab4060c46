-- Whose a mail is: the visitor of a site who proved its sender's address.
CREATE INDEX visitors_proved_email ON visitors (site_id, proved_email) WHERE proved_email IS NOT NULL;
CREATE INDEX visitors_email ON visitors (site_id, email) WHERE email IS NOT NULL;
