"""What MkDocs runs while it builds the site: pages, formulas and fonts."""
