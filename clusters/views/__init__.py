"""The web edge: pages, menus, questions and acts. Each view finds, asks and renders, and decides nothing."""
