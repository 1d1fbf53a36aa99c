-- XRechnung asks for whom to ask at the seller (BR-DE-2, 5, 6, 7), and the seller is the partner.
ALTER TABLE partners ADD COLUMN phone text CHECK (length(phone) BETWEEN 3 AND 50);
