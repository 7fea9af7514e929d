"""What people do to one order: hold, accept, edit the address, write a note."""
